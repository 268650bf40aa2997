import { booksInMysql } from './books';
import { close, type Closed } from './closing';
import { KafkaSystem } from './kafka-system';
import { placeAll, plan } from './orders';
import { randomFrom } from './random';

export interface RestartTrial {
  /** In flight when all processes are killed. */
  readonly orders: number;
  readonly seed: number;
  readonly addresses: NodeJS.ProcessEnv;
  readonly say: (line: string) => void;
}

export interface RestartReport extends Closed {
  /** Orders that were PENDING when the processes were killed. */
  readonly inFlight: number;
  /** From the first process being started again. */
  readonly readyMs: number;
  readonly nothingPendingMs: number;
}

/** Kills all four processes with -9 in the middle of their work, starts them again, and audits the books. */
export async function restartTrial({ orders, seed, addresses, say }: RestartTrial): Promise<RestartReport> {
  const prefix = `restart_${seed}_`;
  const system = new KafkaSystem({ addresses, prefix, instances: 1 });
  try {
    await system.start();
    const planned = plan(orders, randomFrom(seed), `restart-${seed}`);
    const placed = await placeAll(
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
    say(`ready after ${readyMs} ms`);
    const closed = await close({ system, addresses, prefix, placed, say });
    const nothing = inFlight > 0 ? [] : ['nothing was in flight: this shows nothing'];
    return {
      ...closed,
      inFlight,
      readyMs,
      nothingPendingMs: readyMs + closed.settledMs,
      faults: [...closed.faults, ...nothing],
    };
  } finally {
    await system.stop();
  }
}
