import { kafkaAdapters } from './optional-packages';

kafkaAdapters(); // what imports this file first says what is to be installed, and not only what node could not find
