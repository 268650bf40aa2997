import { setTimeout } from 'node:timers/promises';
import type { Child } from '@saga-kit/cli/internal/command/child';
import type { OwnInfra } from '@saga-kit/cli/internal/infra/start-infra';
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
  /** Why it was not put right again, or not at once. */
  readonly failed?: string;
}

const deadMs = 1_000;
const startsMax = 30;

/**
 * Each instance is killed with -9 and started again, once, and so are the broker and the database restarted; the
 * registry is away for a while.
 */
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
      await startAgain(name, child);
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

/** As whoever looks after processes does: one that ends at its start is started again. That it did is a fault all the same. */
export async function startAgain(name: string, child: Child): Promise<void> {
  let first: Error | undefined;
  for (let starts = 1; starts <= startsMax; starts++) {
    const failed = await child.start().then(
      () => undefined,
      (error: Error) => error,
    );
    first ??= failed;
    if (!failed && !first) return;
    if (!failed) throw new Error(`${name} was up with start ${starts}; at the first, ${first!.message}`);
    await setTimeout(deadMs);
  }
  throw new Error(`${name} was started ${startsMax} times in vain: ${first!.message}`);
}

/** Lets all of them happen at their times; some will be at the same time. Resolves when all is well again, or is not to be. */
export async function happen(outages: readonly Outage[], say: (line: string) => void): Promise<Happened[]> {
  const beganAt = performance.now();
  return Promise.all(
    outages.map(async (outage) => {
      await setTimeout(outage.atMs);
      return happenNow(outage, beganAt, say);
    }),
  );
}

/** That it fails is told, and is no reason not to look at the books. */
export async function happenNow(
  { what, happen: begin }: Pick<Outage, 'what' | 'happen'>,
  beganAt: number,
  say: (line: string) => void,
): Promise<Happened> {
  const passedMs = () => Math.round(performance.now() - beganAt);
  const atMs = passedMs();
  say(`${atMs} ms: ${what}`);
  const failed = await begin().then(
    () => undefined,
    (error: Error) => error.message,
  );
  say(`${passedMs()} ms: ${failed === undefined ? 'over' : 'FAILED'}: ${what}`);
  return { what, atMs, overAfterMs: passedMs() - atMs, ...(failed !== undefined && { failed }) };
}

export const faultsOf = (happened: readonly Happened[]): string[] =>
  happened.flatMap(({ what, failed }) => (failed === undefined ? [] : [`${what}: ${failed}`]));
