export { kafkaClient } from './kafka-client';
export type { KafkaAddress } from './kafka-client';
