import { setTimeout } from 'node:timers/promises';

export interface Patience {
  /** Whether the same again will do. */
  readonly isPassing: (error: unknown) => boolean;
  readonly triesMax: number;
  readonly pauseMs: number;
}

/** Does something that others may be in the way of, again after a pause. */
export async function patiently<T>(work: () => T | Promise<T>, patience: Patience): Promise<T> {
  for (let left = patience.triesMax; ; left--) {
    try {
      return await work();
    } catch (error) {
      if (!patience.isPassing(error) || left === 1) throw error;
    }
    await setTimeout(patience.pauseMs);
  }
}
