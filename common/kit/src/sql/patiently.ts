import { setTimeout } from 'node:timers/promises';
import { isBusy } from './sqlite-fault';

const triesMax = 200;
const pauseMs = 10;

/**
 * Does something that another process may be in the way of, again after a pause for about two seconds. SQLite would wait
 * by itself, but with the whole process standing still, and whoever it waits for may be in it.
 */
export async function patiently<T>(work: () => T | Promise<T>, tries = triesMax): Promise<T> {
  for (let left = tries; ; left--) {
    try {
      return await work();
    } catch (error) {
      if (!isBusy(error) || left === 1) throw error;
    }
    await setTimeout(pauseMs);
  }
}
