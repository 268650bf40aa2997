import { audit, endsOf } from './audit';
import { booksInMysql } from './books';
import { KafkaSystem } from './kafka-system';
import { placeAll, plan, settled } from './orders';
import { randomFrom } from './random';

export interface RestartTrial {
  /** In flight when all processes are killed. */
  readonly orders: number;
  readonly seed: number;
  readonly addresses: NodeJS.ProcessEnv;
  readonly say: (line: string) => void;
}

export interface RestartReport {
  readonly orders: number;
  readonly ends: Readonly<Record<string, number>>;
  /** Orders that were PENDING when the processes were killed. */
  readonly inFlight: number;
  /** From the first process being started again. */
  readonly readyMs: number;
  readonly nothingPendingMs: number;
  readonly faults: readonly string[];
}

/** Kills all four processes with -9 in the middle of their work, starts them again, and audits the books. */
export async function restartTrial({ orders, seed, addresses, say }: RestartTrial): Promise<RestartReport> {
  const prefix = `restart_${seed}_`;
  const system = new KafkaSystem({ addresses, prefix, instances: 1 });
  try {
    await system.start();
    const planned = plan(orders, randomFrom(seed), `restart-${seed}`);
    const answered = await placeAll(
      () => system.url,
      planned,
      orders,
      () => {},
    );
    await Promise.all(system.instances.map(({ child }) => child.kill()));
    const before = await booksInMysql(addresses['MYSQL_URL']!, prefix);
    const inFlight = before.orders.filter(({ status }) => status === 'PENDING').length;
    say(`killed all processes with ${inFlight} orders in flight`);
    const beganAt = performance.now();
    await Promise.all(system.instances.map(({ child }) => child.start()));
    const readyMs = Math.round(performance.now() - beganAt);
    await settled(system.url);
    const nothingPendingMs = Math.round(performance.now() - beganAt);
    say(`ready after ${readyMs} ms, nothing PENDING after ${nothingPendingMs} ms`);
    await system.stop();
    const books = await booksInMysql(addresses['MYSQL_URL']!, prefix);
    const faults = [...audit(books, answered), ...(inFlight > 0 ? [] : ['nothing was in flight: this shows nothing'])];
    return { orders: books.orders.length, ends: endsOf(books), inFlight, readyMs, nothingPendingMs, faults };
  } finally {
    await system.stop();
  }
}
