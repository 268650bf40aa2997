import { setTimeout } from 'node:timers/promises';
import { backOffMs } from '../runtime';
import { NoTopics } from './absent-topics';

// What a member of a consumer group does by either client of Kafka.

/** After so long without any answer, heartbeats included, the log counts as gone. */
const silenceMs = 8_000;
/** What the first join may take. */
const patienceMs = 30_000;
export const joiningPauses = { firstMs: 200, mostMs: 5_000 };
/** A membership that has lasted so long and then fails is replaced as if it were the first. */
export const soundMs = 30_000;

/** When the broker was last heard of. */
export class Answers {
  private atMs = performance.now();

  heard(): void {
    this.atMs = performance.now();
  }

  /** Why the log counts as gone; `undefined` while it does not. */
  get outage(): string | undefined {
    const silentForMs = performance.now() - this.atMs;
    return silentForMs < silenceMs ? undefined : `it has not answered for ${Math.round(silentForMs / 1_000)} s`;
  }
}

/** Resolves when it has joined. A broker that has just started says no for a while, which `warn` is told of. */
export async function joinPatiently(join: () => Promise<void>, warn: (error: unknown) => void): Promise<void> {
  const untilMs = performance.now() + patienceMs;
  for (let tries = 1; ; tries++) {
    try {
      return await join();
    } catch (error) {
      if (error instanceof NoTopics || performance.now() > untilMs) throw error;
      warn(error);
      await setTimeout(backOffMs(tries, joiningPauses, Math.random()));
    }
  }
}
