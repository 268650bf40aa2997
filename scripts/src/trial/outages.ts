import { setTimeout } from 'node:timers/promises';
import type { OwnInfra } from '../infra/start-infra';
import type { KafkaSystem } from './kafka-system';
import { wholeBelow } from './random';

/** Something that goes wrong, and is put right again. */
export interface Outage {
  readonly what: string;
  /** Milliseconds after the first order. */
  readonly atMs: number;
  readonly happen: () => Promise<void>;
}

export interface Happened {
  readonly what: string;
  readonly atMs: number;
  readonly overAfterMs: number;
}

const deadMs = 1_000;

/** Each instance is killed with -9 and started again, once, and so are the broker and the database restarted; the registry is away for a while. */
export function outagesOf(
  system: KafkaSystem,
  infra: OwnInfra,
  { withinMs, registryAwayMs, random }: { withinMs: number; registryAwayMs: number; random: () => number },
): Outage[] {
  const at = () => wholeBelow(random, withinMs);
  const restart = (name: 'kafka' | 'mysql') => async () => {
    await infra.stop(name);
    await infra.start(name);
  };
  const kills = system.instances.map(({ name, child }) => ({
    what: `kill -9 ${name}`,
    atMs: at(),
    happen: async () => {
      if (child.died) throw new Error(`${name}: ${child.died}`); // to start it again would hide that
      await child.kill();
      await setTimeout(deadMs);
      await child.start();
    },
  }));
  const registry = async () => {
    await infra.stop('registry');
    await setTimeout(registryAwayMs);
    await infra.start('registry');
  };
  return [
    ...kills,
    { what: 'restart of the broker', atMs: at(), happen: restart('kafka') },
    { what: 'restart of the database', atMs: at(), happen: restart('mysql') },
    { what: `registry away for ${registryAwayMs} ms`, atMs: at(), happen: registry },
  ].sort((a, b) => a.atMs - b.atMs);
}

/** Lets all of them happen at their times; some will be at the same time. Resolves when all is well again. */
export async function happen(outages: readonly Outage[], say: (line: string) => void): Promise<Happened[]> {
  const beganAt = performance.now();
  return Promise.all(
    outages.map(async ({ what, atMs, happen: begin }) => {
      await setTimeout(atMs);
      const startedMs = Math.round(performance.now() - beganAt);
      say(`${startedMs} ms: ${what}`);
      await begin();
      const overAfterMs = Math.round(performance.now() - beganAt) - startedMs;
      say(`${startedMs + overAfterMs} ms: over: ${what}`);
      return { what, atMs: startedMs, overAfterMs };
    }),
  );
}
