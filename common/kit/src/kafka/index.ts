export { KafkaBroker } from './kafka-broker';
export type { KafkaBrokerOptions } from './kafka-broker';
export { kafkaClient } from './kafka-client';
export type { KafkaAddress } from './kafka-client';
