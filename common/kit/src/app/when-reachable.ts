import { backOffMs, DatabaseFault, pause, type Environment } from '../runtime';

const triesMax = 60;
const pauses = { firstMs: 200, mostMs: 3_000 };

/**
 * Opens what needs a database that may be away for a moment, as broker and registry are waited for: about two minutes, besides
 * what it takes itself not to answer. What it refuses (a password, a statement) is not waited for.
 */
export async function whenReachable<T>(open: () => Promise<T>, environment: Environment): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await open();
    } catch (error) {
      if (!(error instanceof DatabaseFault) || error.kind !== 'lost' || tries === triesMax) throw error;
      if (tries === 1) environment.log.warn({ error: error.message }, 'the database does not answer; waiting for it');
      await pause(environment, backOffMs(tries, pauses, environment.random()));
    }
  }
}
