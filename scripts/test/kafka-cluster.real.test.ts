import { setTimeout } from 'node:timers/promises';
import { given } from '../../common/kit/test/given';
import type { Topic } from '../../common/cli/src/topics/plan';
import { topics } from '../../common/cli/src/topics/topics';
import { chaosTrial } from '../src/trial/chaos/chaos-trial';
import { Disk } from '../src/trial/chaos/disk';
import type { FaultKind } from '../src/trial/chaos/kinds';
import type { PlannedFault } from '../src/trial/chaos/plan';
import { threeBrokers, type ThreeBrokers } from '../src/trial/three-brokers';
import { givenJava } from './java';
import { typed } from '../../common/cli/test/run-command';

const fault = (atMs: number, kind: FaultKind, target: string, forMs: number): PlannedFault => ({
  ...{ kind, target, atMs, forMs },
  strength: 0.9,
});

/** One after the other: what dies, what stands still, what cannot be reached, and poison. */
const plan: readonly PlannedFault[] = [
  fault(3_000, 'service killed', 'kitchen', 300),
  fault(6_000, 'poison', 'a topic', 0),
  fault(7_000, 'broker killed', 'kafka-1', 1_000),
  fault(12_000, 'instance frozen', 'user-1', 3_000),
  fault(14_000, 'database killed', 'mysql', 500),
  fault(16_000, 'registry killed', 'registry', 2_000),
  fault(19_000, 'database cut off', 'payment-1', 1_000),
];

/** Also where there is a Docker engine, brokers of a cluster are processes: they need Java. */
given('MYSQL_URL')('three brokers', () => {
  givenJava('of a cluster', () => {
    let brokers: ThreeBrokers;
    beforeAll(async () => {
      brokers = await threeBrokers(true, () => {});
    }, 120_000);
    afterAll(() => brokers.close(), 60_000);

    test('a small chaos, with one instance on each client of Kafka: every order ends, the books add up, every message is on its topic, and only poison is parked', async () => {
      const log: string[] = [];
      const report = await chaosTrial({
        ...{ brokers, disk: Disk.none, plan, seed: 1, forMs: 21_000, recoverMsMax: undefined },
        ...{ perSecond: 10, together: 20, cancelPercent: 30 },
        signal: new AbortController().signal,
        hear: () => {},
        env: (instance) => ({ KAFKA_CLIENT: instance.endsWith('-1') ? 'kafkajs' : 'platformatic' }),
        say: (line) => log.push(line),
      });
      expect({ faults: report.faults, log: report.faults.length > 0 ? log : [] }).toEqual({ faults: [], log: [] });
      expect(report.orders).toBeGreaterThan(100);
      expect(report.timeline.map(({ kind }) => kind).sort()).toEqual(plan.map(({ kind }) => kind).sort());
    }, 400_000);

    test('have three copies of each topic, and two of them a message before it counts as sent', async () => {
      const { said } = await typed(['topics', 'describe', '--json'], brokers.addresses);
      const made = (JSON.parse(said) as { topics: readonly Topic[] }).topics;
      expect(made).toHaveLength(10);
      for (const { replication, config } of made)
        expect({ replication, config }).toMatchObject({ replication: 3, config: { 'min.insync.replicas': '2' } });
      expect((await typed(['topics', 'check'], brokers.addresses)).code).toBe(0);
    });

    test('have one that leads and one that controls; once it is gone, others do', async () => {
      const { cluster, infra, names } = brokers;
      expect(names).toContain(await cluster.leaderOf('order-to-payment-pay', 0));
      const gone = cluster.controller()!;
      await infra.kill(gone);
      const isLed = async () => (await cluster.leaders()).every(({ broker }) => broker !== gone);
      await until('others do', async () => cluster.controller() !== gone && (await isLed().catch(() => false)));
    });

    test('make three copies of a topic also while one of them is away, and all are there when it is back', async () => {
      const { cluster, infra, addresses, names } = brokers;
      const terminal = { env: addresses, say: () => {}, hint: () => {} };
      // A cluster that has just lost its controller may take longer to answer than the command waits.
      const isMade = async () => (await topics(['create'], terminal, ['made-while-one-was-away'])) === 0;
      await until('the topic is made', isMade);
      await infra.stop(...names);
      await infra.start('kafka');
      await cluster.untilInSync(60_000);
      expect(await topics(['check'], terminal, ['made-while-one-was-away'])).toBe(0);
    }, 180_000);
  });
});

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 60_000; Date.now() < end; await setTimeout(50)) if (await holds()) return;
  throw new Error(`it did not come to be that ${what}`);
}
