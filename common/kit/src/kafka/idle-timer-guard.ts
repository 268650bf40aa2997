import { createRequire } from 'node:module';

interface RequestQueue {
  readonly pending: readonly unknown[];
  scheduleCheckPendingRequests(): void;
}

/**
 * An idle connection of kafkajs 2.2.4 looks for requests that wait, some 900 times a second: it asks for a timer in a
 * negative number of milliseconds, of which newer Nodes warn as well. Looking is only of use while one waits, and whoever
 * makes one wait asks for the timer again. Throws when kafkajs is not the one that this was made for.
 */
export function guardIdleTimers(): void {
  const load = createRequire(__filename);
  const { prototype } = load('kafkajs/src/network/requestQueue') as { prototype: RequestQueue & { guarded?: true } };
  if (prototype.guarded) return;
  const schedule: unknown = Reflect.get(prototype, 'scheduleCheckPendingRequests');
  if (typeof schedule !== 'function')
    throw new Error('kafkajs has changed: see to its idle timers in idle-timer-guard.ts');
  prototype.scheduleCheckPendingRequests = function (this: RequestQueue) {
    if (this.pending.length > 0) schedule.call(this);
  };
  prototype.guarded = true;
}
