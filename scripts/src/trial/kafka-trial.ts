import { audit, endsOf } from './audit';
import { booksInMysql } from './books';
import { KafkaSystem } from './kafka-system';
import { placeAll, plan, settled } from './orders';
import { happen, outagesOf, type Happened } from './outages';
import { randomFrom } from './random';
import type { OwnInfra } from '../infra/start-infra';

export interface KafkaTrial {
  readonly orders: number;
  readonly instances: number;
  readonly perSecond: number;
  readonly registryAwayMs: number;
  readonly seed: number;
  /** Of the trial's own: its components are stopped and started. */
  readonly infra: OwnInfra;
  readonly say: (line: string) => void;
}

export interface KafkaTrialReport {
  readonly seed: number;
  readonly orders: number;
  readonly ends: Readonly<Record<string, number>>;
  readonly happened: readonly Happened[];
  /** From the last answer, or the end of the last outage, until nothing was PENDING. */
  readonly settledMs: number;
  readonly faults: readonly string[];
}

const atOnce = 200;

/** Places orders while everything that can go away does, and audits the books. */
export async function kafkaTrial(trial: KafkaTrial): Promise<KafkaTrialReport> {
  const { orders, instances, perSecond, registryAwayMs, seed, infra, say } = trial;
  const random = randomFrom(seed);
  const prefix = `trial_${seed}_`;
  const { addresses } = infra;
  const system = new KafkaSystem({ addresses, prefix, instances });
  try {
    await system.start();
    say(`${system.instances.length} processes are ready`);
    const planned = plan(orders, random, `trial-${seed}`);
    const outages = outagesOf(system, infra, { withinMs: (orders / perSecond) * 800, registryAwayMs, random });
    const happening = happen(outages, say);
    const placing = placeAll(() => system.url, planned, atOnce, progress(orders, say), perSecond);
    await Promise.allSettled([placing, happening]); // nothing is started any more when the system is stopped
    const [answered, happened] = await Promise.all([placing, happening]);
    const settledMs = await settled(system.url);
    say(`${answered.length} orders answered 201; nothing PENDING ${settledMs} ms later`);
    const died = system.died;
    await system.stop();
    const books = await booksInMysql(addresses.MYSQL_URL!, prefix);
    const faults = [...audit(books, answered), ...(died ? [died] : [])];
    return { seed, orders: books.orders.length, ends: endsOf(books), happened, settledMs, faults };
  } finally {
    await system.stop();
  }
}

const progress = (orders: number, say: (line: string) => void) => (count: number) => {
  if (count % Math.ceil(orders / 10) === 0) say(`${count} of ${orders} orders answered`);
};
