import { withCancellations } from './cancellations';
import { close, putOn, type Closed } from './closing';
import { KafkaSystem } from './kafka-system';
import { placeAll, plan } from './orders';
import { faultsOf, happen, outagesOf, type Happened } from './outages';
import { randomFrom } from './random';
import type { OwnInfra } from '@saga-kit/cli/internal/infra/start-infra';

export interface KafkaTrial {
  readonly orders: number;
  readonly cancelPercent: number;
  readonly instances: number;
  readonly perSecond: number;
  readonly registryAwayMs: number;
  readonly seed: number;
  /** Of the trial's own: its components are stopped and started. */
  readonly infra: OwnInfra;
  readonly say: (line: string) => void;
}

export interface KafkaTrialReport extends Closed {
  readonly seed: number;
  readonly happened: readonly Happened[];
}

const atOnce = 200;

/** Places orders while everything that can go away does, and audits the books. */
export async function kafkaTrial(trial: KafkaTrial): Promise<KafkaTrialReport> {
  const { orders, cancelPercent, instances, perSecond, registryAwayMs, seed, infra, say } = trial;
  const random = randomFrom(seed);
  const prefix = `trial_${seed}_`;
  const { addresses } = infra;
  const system = new KafkaSystem({ addresses, prefix, instances });
  try {
    await system.start();
    say(`${system.instances.length} processes are ready`);
    const planned = withCancellations(plan(orders, random, `trial-${seed}`), cancelPercent, randomFrom(seed + 1));
    const outages = outagesOf(system, infra, { withinMs: (orders / perSecond) * 800, registryAwayMs, random });
    const [placed, happened] = await Promise.all([
      placeAll(() => system.url, planned, atOnce, progress(orders, say), { perSecond }),
      happen(outages, say),
    ]);
    const failed = faultsOf(happened);
    if (failed.length > 0) failed.push(...(await putOn(infra)));
    const closed = await close({ system, addresses, prefix, placed, say });
    return { seed, ...closed, happened, faults: [...failed, ...closed.faults] };
  } finally {
    await system.stop();
  }
}

/** Says how far it is, ten times. */
export const progress = (orders: number, say: (line: string) => void) => (count: number) => {
  if (count % Math.ceil(orders / 10) === 0) say(`${count} of ${orders} orders answered`);
};
