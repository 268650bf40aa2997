import { kafkaBrokerTests } from '../../../test/kafka-broker-tests';
import { PlatformaticLine } from '../../../test/kafka-lines';

kafkaBrokerTests('@platformatic/kafka', () => new PlatformaticLine());
