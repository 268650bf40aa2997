import type { Clock, Ids } from '../ports';
import type { Log } from '../runtime';
import type { Stores } from '../sql';

/** One turn of the event loop. */
export const turn = (): Promise<void> => new Promise((over) => void setImmediate(over));

/** Says nothing. */
export const silent: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** Ids that count. */
export function countingIds(): Ids {
  let ids = 0;
  return { next: () => `00000000-0000-7000-8000-${String(++ids).padStart(12, '0')}` };
}

/** Databases whose own clock is this one. */
export const onTime = (stores: Stores, clock: Clock): Stores => ({
  ...stores,
  clock: { nowMs: async () => clock.now().getTime() },
});
