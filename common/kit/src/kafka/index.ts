export { KafkaBroker } from './kafka-broker';
export type { KafkaBrokerOptions } from './kafka-broker-options';
export { ConfluentRegistry, wantedLevel } from './confluent-registry';
export type { SchemaVersion } from './confluent-registry';
export { guardIdleTimers } from './idle-timer-guard';
export { kafkaClient } from './kafka-client';
export type { KafkaAddress } from './kafka-address';
