import { setTimeout } from 'node:timers/promises';
import { booksInMysql } from './books';
import { withCancellations } from './cancellations';
import { close, type Closed } from './closing';
import { KafkaSystem } from './kafka-system';
import { placeAll, plan } from './orders';
import { randomFrom } from './random';

export interface TakeOverTrial {
  readonly orders: number;
  readonly cancelPercent: number;
  readonly seed: number;
  readonly addresses: NodeJS.ProcessEnv;
  readonly say: (line: string) => void;
}

export interface TakeOverReport extends Closed {
  /** What the dead had committed and not sent. */
  readonly leftToSend: number;
}

const atOnce = 100;
/** Others look every ten seconds for what the dead have left. */
const takenOverMs = 25_000;

/** Kills one of two instances of each service with -9 in the middle of its work, for good: the others do what it had begun. */
export async function takeOverTrial({
  orders,
  cancelPercent,
  seed,
  addresses,
  say,
}: TakeOverTrial): Promise<TakeOverReport> {
  const prefix = `takeover_${seed}_`;
  const url = addresses['MYSQL_URL']!;
  const system = new KafkaSystem({ addresses, prefix, instances: 2 });
  try {
    await system.start();
    const planned = withCancellations(
      plan(orders, randomFrom(seed), `takeover-${seed}`),
      cancelPercent,
      randomFrom(seed + 1),
    );
    let killing: Promise<unknown> = Promise.resolve();
    const placed = await placeAll(
      () => system.url,
      planned,
      atOnce,
      (count) => {
        if (count !== Math.ceil(orders / 2)) return;
        say(`killing one instance of each service with ${count} orders answered`);
        const doomed = system.instances.filter(({ name }) => name.endsWith('-1'));
        killing = Promise.all(doomed.map(({ child }) => child.kill()));
      },
    );
    await killing;
    const { unsent: leftToSend } = await booksInMysql(url, prefix);
    const takenOver = async () => {
      for (const until = performance.now() + takenOverMs; performance.now() < until; await setTimeout(200))
        if ((await booksInMysql(url, prefix)).unsent === 0) break;
    };
    const closed = await close({ system, addresses, prefix, placed, say, meanwhile: takenOver });
    return { ...closed, leftToSend };
  } finally {
    await system.stop();
  }
}
