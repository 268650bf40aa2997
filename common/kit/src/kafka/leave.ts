import { within } from './within';

const leavingMs = 5_000;

/**
 * Lets go of a client, which may be waiting for something that never comes; what goes wrong with it is
 * nobody's concern any more.
 */
export async function leave(client: { disconnect(): Promise<void> } | undefined): Promise<void> {
  if (client) await within(leavingMs, 'the broker', client.disconnect()).catch(() => {});
}
