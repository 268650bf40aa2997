import { setTimeout } from 'node:timers/promises';
import { given } from '../../common/kit/test/given';
import type { Topic } from '../../common/cli/src/topics/plan';
import { topics } from '../../common/cli/src/topics/topics';
import { clusterTrial } from '../src/trial/cluster-trial';
import { threeBrokers, type ThreeBrokers } from '../src/trial/three-brokers';
import { givenJava } from './java';
import { typed } from '../../common/cli/test/run-command';

/** Also where there is a Docker engine, brokers of a cluster are processes: they need Java. */
given('MYSQL_URL')('three brokers', () => {
  givenJava('of a cluster', () => {
    let brokers: ThreeBrokers;
    beforeAll(async () => {
      brokers = await threeBrokers(false, () => {});
    }, 120_000);
    afterAll(() => brokers.close(), 60_000);

    test('one is restarted and another frozen: every order ends, and every message that was committed is on its topic', async () => {
      const report = await clusterTrial({
        what: ['rolling', 'frozen'],
        brokers: { ...brokers, names: brokers.names.slice(0, 1) }, // one is restarted, and not all in turn
        ...{ orders: 600, cancelPercent: 0, instances: 2, perSecond: 25, together: 50, awayMs: 11_000, seed: 1 },
        say: () => {},
      });
      expect(report.faults).toEqual([]);
      expect(report.orders).toBeGreaterThanOrEqual(600);
      expect(report.happened.map(({ what }) => what)).toEqual(['rolling', 'frozen']);
    }, 300_000);

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
