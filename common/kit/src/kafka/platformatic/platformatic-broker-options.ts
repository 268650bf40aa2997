import type { Log } from '../../runtime';
import type { PlatformaticClient } from './client';

/** How a broker is reached, and who asks. */
export interface PlatformaticBrokerOptions {
  /** Of `platformaticClient`. */
  readonly client: PlatformaticClient;
  /** That of `client`. No other living process has it: members of groups that bear it are thrown out. */
  readonly clientId: string;
  /** How long the group waits for a member that is silent: what an instance that does not come back costs the others. */
  readonly sessionTimeoutMs: number;
  readonly log: Log;
}
