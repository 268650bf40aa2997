import type { Kafka } from 'kafkajs';
import type { Log } from '../runtime';

/** How a broker is reached, and who asks. */
export interface KafkaBrokerOptions {
  /** Of `kafkaClient`. */
  readonly kafka: Kafka;
  /** That of `kafka`. No other living process has it: members of groups that bear it are thrown out. */
  readonly clientId: string;
  /** How long the group waits for a member that is silent: what an instance that does not come back costs the others. */
  readonly sessionTimeoutMs: number;
  readonly log: Log;
}
