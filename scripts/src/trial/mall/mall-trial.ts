import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { inFolder, inMysql, type Query } from '../books';
import { freePort } from '../crash-trial';
import { EmbeddedSystem } from '../embedded-system';
import { KafkaSystem } from '../kafka-system';
import { oneOf, randomFrom, wholeBelow } from '../random';
import { mall } from '../system';
import { auditMall, endsOf } from './mall-audit';
import { mallBooks } from './mall-books';
import { asked } from '../asked';
import { placeMall, planMall, type Plan } from './mall-orders';

export interface MallTrial {
  readonly orders: number;
  readonly kills: number;
  readonly atOnce: number;
  readonly seed: number;
  readonly say: (line: string) => void;
}

export interface MallReport {
  readonly seed: number;
  readonly orders: number;
  readonly ends: Readonly<Record<string, number>>;
  /** Orders that were refused at once. */
  readonly refused: number;
  /** Orders that a customer has cancelled. */
  readonly cancelled: number;
  /** Milliseconds after the first order. */
  readonly kills: readonly { readonly who: string; readonly atMs: number; readonly answered: number }[];
  /** Until everything added up. */
  readonly settledMs: number;
  readonly faults: readonly string[];
}

/** A mall that runs, and who of it may be killed. */
interface Running {
  readonly url: () => string;
  /** Kills a process with -9, and starts it again. Resolves with its name. */
  readonly kill: (random: () => number) => Promise<string>;
  readonly query: Query;
  /** Processes that have ended without being told to. */
  readonly died: () => string | undefined;
}

/** In one process, on files, which is killed with -9 in the middle of its work. */
export async function embeddedMallTrial(trial: MallTrial): Promise<MallReport> {
  const folder = await mkdtemp(join(tmpdir(), 'saga-kit-mall-'));
  const system = new EmbeddedSystem(folder, await freePort(), mall());
  const kill = async () => {
    await system.kill();
    await system.start();
    return 'the process';
  };
  try {
    trial.say(`ready after ${Math.round(await system.start())} ms in ${folder}`);
    return await tried(trial, { url: () => system.url, kill, query: inFolder(folder), died: () => system.died });
  } finally {
    await system.kill();
    await rm(folder, { recursive: true, force: true });
  }
}

/** On Kafka, with so many processes of each service, each of which is killed with -9 in the middle of its work. */
export async function kafkaMallTrial(
  trial: MallTrial & { readonly instances: number; readonly addresses: NodeJS.ProcessEnv },
): Promise<MallReport> {
  const { addresses, instances, seed, say } = trial;
  const prefix = `mall_${seed}_`;
  const system = new KafkaSystem({ system: mall(), addresses, prefix, instances });
  const kill = async (random: () => number) => {
    const { name, child } = oneOf(random, system.instances);
    await child.kill();
    await setTimeout(wholeBelow(random, 3_000));
    await child.start();
    return name;
  };
  try {
    await system.start();
    say(`${system.instances.length} processes are ready`);
    const query = inMysql(addresses['MYSQL_URL']!, prefix);
    return await tried(trial, { url: () => system.url, kill, query, died: () => system.died });
  } finally {
    await system.stop();
  }
}

async function tried({ orders, kills, atOnce, seed, say }: MallTrial, running: Running): Promise<MallReport> {
  const random = randomFrom(seed);
  const plan = planMall(orders, random);
  await stocked(running.url, plan);
  say(`${plan.stock.size} products are in stock`);
  const beganAt = performance.now();
  const killed: { who: string; atMs: number; answered: number }[] = [];
  let killing: Promise<void> = Promise.resolve();
  const kill = (answered: number) => {
    killing = killing.then(async () => {
      await setTimeout(random() * 50);
      const atMs = Math.round(performance.now() - beganAt);
      const who = await running.kill(random);
      killed.push({ who, atMs, answered });
      say(`killed ${who} after ${atMs} ms with ${answered} answered; it is ready again`);
    });
  };
  const moments = Array.from({ length: kills }, () => wholeBelow(random, orders)).sort((a, b) => a - b);
  const outcome = await placeMall(running.url, plan.orders, atOnce, (count) => {
    while (moments.length > 0 && count >= moments[0]!) kill(moments.shift()!);
  });
  await killing;
  say(`${outcome.placed.length} orders answered 201, ${outcome.refused} refused at once`);
  const { settledMs, ends, count, faults } = await settledMall(running.query, plan, outcome.placed);
  const died = running.died();
  return {
    ...{ seed, orders: count, ends, refused: outcome.refused, kills: killed, settledMs },
    cancelled: outcome.placed.filter(({ isCancelled }) => isCancelled).length,
    faults: [...(died ? [died] : []), ...outcome.faults, ...faults],
  };
}

/** Sets what is in stock, and waits until those who take orders have heard of it. */
export async function stocked(url: () => string, { stock }: Plan): Promise<void> {
  for (const [productId, pieces] of stock) {
    const body = { name: `PRODUCT ${productId}`, price: 1_000, stock: pieces };
    await asked(url, { method: 'PUT', path: `/products/${productId}`, body, wanted: [200, 201, 204] });
  }
  for (const productId of stock.keys())
    for (const until = performance.now() + settleMs; performance.now() < until; await setTimeout(50)) {
      const { status } = await asked(url, { method: 'GET', path: `/catalogue/${productId}`, wanted: [200, 404] });
      if (status === 200) break;
    }
}

const settleMs = 120_000;
/** What has added up must still do so after this: nothing was under way any more. */
const calmMs = 3_000;

/** Looks until everything adds up, and once more; or until two minutes are over. */
export async function settledMall(query: Query, { stock }: Plan, placed: Parameters<typeof auditMall>[2]) {
  const services = mall().services;
  const beganAt = performance.now();
  for (;;) {
    const books = await mallBooks(query, services);
    const settledMs = Math.round(performance.now() - beganAt);
    const faults = auditMall(books, stock, placed);
    if (faults.length === 0 || settledMs > settleMs) {
      if (faults.length === 0) await setTimeout(calmMs);
      const after = await mallBooks(query, services);
      return { settledMs, ends: endsOf(after), count: after.orders.length, faults: auditMall(after, stock, placed) };
    }
    await setTimeout(250);
  }
}
