import { kafkaBrokerTests } from '../../test/kafka-broker-tests';
import { KafkajsLine } from '../../test/kafka-lines';

kafkaBrokerTests('kafkajs', () => new KafkajsLine());
