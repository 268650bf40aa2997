import { setTimeout } from 'node:timers/promises';
import { happenings, type BrokerFault, type Happening } from './broker-faults';
import { withCancellations } from './cancellations';
import { close, putOn, type Closed } from './closing';
import { KafkaSystem } from './kafka-system';
import { progress } from './kafka-trial';
import { placeAll, plan, type Pace } from './orders';
import { faultsOf, happenNow, type Happened } from './outages';
import { randomFrom, wholeBelow } from './random';
import { recoveredMs } from './recovery';
import type { ThreeBrokers } from './three-brokers';

export interface ClusterTrial {
  /** They happen one after the other. */
  readonly what: readonly BrokerFault[];
  readonly orders: number;
  readonly cancelPercent: number;
  readonly instances: number;
  readonly perSecond: number;
  /** So many are placed at the same moment, so that a request holds messages of many, for all brokers. */
  readonly together: number;
  /** How long a broker is dead, frozen or half open. */
  readonly awayMs: number;
  readonly seed: number;
  readonly brokers: ThreeBrokers;
  readonly say: (line: string) => void;
}

export interface ClusterReport extends Closed {
  readonly seed: number;
  readonly happened: readonly Recovered[];
}

export interface Recovered extends Happened {
  /** From when it was over, until every order that had begun by then had ended; null when some had not after 90 seconds. */
  readonly recoveredMs: number | null;
}

const atOnce = 200;

/** Places orders while brokers of a cluster die, stand still and come back, and audits the books. */
export async function clusterTrial(trial: ClusterTrial): Promise<ClusterReport> {
  const { orders, cancelPercent, instances, seed, brokers, say } = trial;
  const random = randomFrom(seed);
  const prefix = `cluster_${seed}_`;
  const { addresses } = brokers;
  const system = new KafkaSystem({ addresses, prefix, instances });
  try {
    await system.start();
    say(`${system.instances.length} processes are ready`);
    const planned = withCancellations(plan(orders, random, `cluster-${seed}`), cancelPercent, randomFrom(seed + 1));
    const bursts = new Bursts(trial);
    const tell = progress(orders, say);
    const onAnswer = (count: number) => {
      tell(count);
      bursts.answered(count);
    };
    const placing = placeAll(() => system.url, planned, atOnce, onAnswer, bursts.pace);
    const [placed, happened] = await Promise.all([
      placing.finally(() => bursts.over()),
      happenInTurn(trial, { random, midst: () => bursts.midst() }, prefix),
    ]);
    const failed = faultsOf(happened);
    if (failed.length > 0) failed.push(...(await putOn(brokers.infra)));
    const closed = await close({ system, addresses, prefix, placed, say });
    return { seed, ...closed, happened, faults: [...failed, ...closed.faults] };
  } finally {
    await system.stop();
  }
}

async function happenInTurn(
  { what, brokers, awayMs, say }: ClusterTrial,
  { random, midst }: Pick<Happening, 'random' | 'midst'>,
  prefix: string,
): Promise<Recovered[]> {
  const beganAt = performance.now();
  const happened: Promise<Recovered>[] = [];
  for (const fault of what) {
    await setTimeout(1_000 + wholeBelow(random, 3_000));
    const begin = () => happenings[fault]({ ...brokers, random, midst, awayMs, say });
    const it = await happenNow({ what: fault, happen: begin }, beganAt, say);
    happened.push(recoveredMs(brokers.addresses['MYSQL_URL']!, prefix).then((ms) => ({ ...it, recoveredMs: ms })));
  }
  return Promise.all(happened);
}

/** When it is that orders of the same moment are under way. */
class Bursts {
  private readonly waiting: (() => void)[] = [];
  private isOver = false;

  constructor(readonly pace: Required<Pace>) {}

  answered(count: number): void {
    if (count % this.pace.together === Math.ceil(this.pace.together / 2)) this.wake();
  }

  /** Resolves when half of the next burst is answered; at once, when there is none any more. */
  async midst(): Promise<void> {
    if (!this.isOver) await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  over(): void {
    this.isOver = true;
    this.wake();
  }

  private wake(): void {
    for (const resolve of this.waiting.splice(0)) resolve();
  }
}
