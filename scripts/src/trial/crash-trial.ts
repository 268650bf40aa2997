import { mkdtemp, rm } from 'node:fs/promises';
import { isFree } from '@saga-kit/cli/internal/infra/ports';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { audit, endsOf } from './audit';
import { booksInFolder } from './books';
import { withCancellations } from './cancellations';
import { EmbeddedSystem } from './embedded-system';
import { placeAll, plan, settled } from './orders';
import { randomFrom } from './random';

export interface CrashTrial {
  readonly orders: number;
  readonly kills: number;
  readonly atOnce: number;
  /** Of the orders. */
  readonly cancelPercent: number;
  readonly seed: number;
  readonly say: (line: string) => void;
}

export interface TrialReport {
  readonly orders: number;
  readonly ends: Readonly<Record<string, number>>;
  /** Milliseconds after the first order. */
  readonly kills: readonly { readonly atMs: number; readonly answered: number; readonly readyAgainMs: number }[];
  readonly settledMs: number;
  readonly faults: readonly string[];
}

/** Places orders, kills the process with -9 at random moments, starts it again on the same folder, and audits the books. */
export async function crashTrial({
  orders,
  kills,
  atOnce,
  cancelPercent,
  seed,
  say,
}: CrashTrial): Promise<TrialReport> {
  const random = randomFrom(seed);
  const folder = await mkdtemp(join(tmpdir(), 'saga-kit-crash-'));
  const system = new EmbeddedSystem(folder, await freePort());
  try {
    say(`ready after ${Math.round(await system.start())} ms in ${folder}`);
    const planned = withCancellations(plan(orders, random, `trial-${seed}`), cancelPercent, randomFrom(seed + 1));
    const beganAt = performance.now();
    const moments = Array.from({ length: kills }, () => Math.floor(random() * orders)).sort((a, b) => a - b);
    const killed: { atMs: number; answered: number; readyAgainMs: number }[] = [];
    let killing: Promise<void> = Promise.resolve();
    const { answered, faults } = await placeAll(
      () => {
        if (system.died) throw new Error(system.died);
        return system.url;
      },
      planned,
      atOnce,
      (count) => {
        while (moments.length > 0 && count >= moments[0]!) {
          moments.shift();
          killing = killing.then(async () => {
            await setTimeout(random() * 50);
            const atMs = Math.round(performance.now() - beganAt);
            await system.kill();
            const readyAgainMs = Math.round(await system.start());
            killed.push({ atMs, answered: count, readyAgainMs });
            say(`killed after ${atMs} ms with ${count} answered; ready again after ${readyAgainMs} ms`);
          });
        }
      },
    );
    await killing;
    const settledMs = await settled(system.url);
    say(`${answered.length} orders answered 201; nothing PENDING ${settledMs} ms later`);
    await system.stop();
    const books = await booksInFolder(folder);
    return {
      orders: books.orders.length,
      ends: endsOf(books),
      kills: killed,
      settledMs,
      faults: [...faults, ...audit(books, answered)],
    };
  } finally {
    await system.kill();
    await rm(folder, { recursive: true, force: true });
  }
}

/** A port that is free, as are those behind it: a system of several processes takes one for each of its services. */
export async function freePort(): Promise<number> {
  // Below those that systems give to outgoing connections, and above 10080, the last that browsers and fetch refuse to ask.
  const [first, count, wide, tries] = [10_100, 890, 10, 100];
  for (let tried = 0; tried < tries; tried++) {
    const port = first + wide * Math.floor(Math.random() * count);
    const free = await Promise.all(Array.from({ length: wide }, (_, index) => isFree(port + index)));
    if (free.every(Boolean)) return port;
  }
  throw new Error(`there are no ${wide} free ports in a row from ${first} on`);
}
