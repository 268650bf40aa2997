import pino from 'pino';
import { v7 } from 'uuid';
import type { Clock, Ids } from '../ports';
import type { Environment, Log } from '../runtime';

export const systemClock: Clock = {
  now: () => new Date(),
  monotonicMs: () => performance.now(),
  after: (delayMs, call) => {
    const timer = setTimeout(call, delayMs);
    return () => clearTimeout(timer);
  },
  soon: (call) => void setImmediate(call),
};

/** Later ids sort behind earlier ones, also within a millisecond. */
export const systemIds: Ids = { next: () => v7() };

/** One JSON object a line, on the standard output. */
export const jsonLog = (service: string, level: string): Log => pino({ level, base: { service } });

/** The clock, the ids and the log of this machine, for a service of this name. */
export const systemEnvironment = (service: string, logLevel: string): Environment => ({
  clock: systemClock,
  ids: systemIds,
  log: jsonLog(service, logLevel),
  random: Math.random,
});
