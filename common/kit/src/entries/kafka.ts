/** How Kafka and a schema registry are reached, for who wires services himself. Needs kafkajs, and says so where it is missing. */
import '../app/needs-kafka';
export { ConfluentRegistry, guardIdleTimers, kafkaClient, wantedLevel } from '../kafka';
export type { KafkaAddress, SchemaVersion } from '../kafka';
