import type { Clock, Ids } from '../../ports';
import type { Log } from './log';

/** Everything that is not deterministic. */
export interface Environment {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  /** At least 0, less than 1. */
  random(): number;
}

/** Resolves after so many milliseconds of the clock. */
export const pause = ({ clock }: Pick<Environment, 'clock'>, delayMs: number): Promise<void> =>
  new Promise((over) => void clock.after(delayMs, over));
