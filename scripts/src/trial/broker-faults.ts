import { setTimeout } from 'node:timers/promises';
import type { KafkaCluster } from '@saga-kit/cli/internal/infra/kafka-cluster';
import type { PartName } from '@saga-kit/cli/internal/infra/parts';
import { wholeBelow } from './random';
import type { ThreeBrokers } from './three-brokers';

export const brokerFaults = ['leader', 'two-down', 'rolling', 'frozen', 'half-open'] as const;
export type BrokerFault = (typeof brokerFaults)[number];

export interface Happening extends ThreeBrokers {
  readonly random: () => number;
  /** Resolves in the midst of orders, when requests with messages for all brokers are under way. */
  readonly midst: () => Promise<void>;
  readonly say: (line: string) => void;
  /** How long a broker is dead, frozen or half open. */
  readonly awayMs: number;
}

const inSyncMs = 90_000;

/** What each does, until all brokers are in sync again. */
export const happenings: Readonly<Record<BrokerFault, (it: Happening) => Promise<void>>> = {
  async leader({ infra, cluster, say, awayMs, midst }) {
    const broker = await leading(cluster, say);
    await midst();
    await infra.kill(broker);
    await setTimeout(awayMs);
    await infra.start(broker);
    await cluster.untilInSync(inSyncMs);
  },
  async 'two-down'({ infra, cluster, names, random, say, awayMs, midst }) {
    const broker = await leading(cluster, say);
    const others = names.filter((name) => name !== broker);
    const two = [broker, others[wholeBelow(random, others.length)]!];
    say(`${two.join(' and ')} are killed with -9`);
    await midst();
    await infra.kill(...two);
    await setTimeout(awayMs);
    await infra.start(...two);
    await cluster.untilInSync(inSyncMs);
  },
  async rolling({ infra, cluster, names, say, midst }) {
    for (const name of names) {
      say(`${name} is asked to end, and started again`);
      await midst();
      await infra.stop(name);
      await infra.start(name);
      await cluster.untilInSync(inSyncMs);
    }
  },
  async frozen({ infra, cluster, say, awayMs, midst }) {
    const broker = await leading(cluster, say);
    await midst();
    await infra.freeze(broker);
    await setTimeout(awayMs);
    await infra.thaw(broker);
    await cluster.untilInSync(inSyncMs);
  },
  async 'half-open'({ cluster, proxies, say, awayMs, midst }) {
    const broker = await leading(cluster, say);
    await midst();
    const proxy = proxies.get(broker)!;
    say(`${proxy.halfOpen()} connections to ${broker} let nothing through`);
    await setTimeout(awayMs);
    proxy.drop();
  },
};

/** The one that leads most. */
async function leading(cluster: KafkaCluster, say: (line: string) => void): Promise<PartName> {
  const [first] = await cluster.leaders();
  if (!first) throw new Error('no broker leads anything');
  const controls = cluster.controller() === first.broker ? ', and controls' : '';
  say(`it is ${first.broker}, which leads ${first.partitions} partitions${controls}`);
  return first.broker;
}
