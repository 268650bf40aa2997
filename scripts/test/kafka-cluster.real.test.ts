import { given } from '../../common/kit/test/given';
import { clusterTrial } from '../src/trial/cluster-trial';
import { threeBrokers, type ThreeBrokers } from '../src/trial/three-brokers';
import { givenJava } from './java';

/** Also where there is a Docker engine, brokers of a cluster are processes: they need Java. */
given('MYSQL_URL')('the order system on three brokers', () => {
  givenJava('two instances of each service', () => {
    let brokers: ThreeBrokers;
    beforeAll(async () => {
      brokers = await threeBrokers(false, () => {});
    }, 120_000);
    afterAll(() => brokers.close(), 60_000);

    test('one restarted, one frozen, one killed with -9: every order ends, and every message that was committed is on its topic', async () => {
      const report = await clusterTrial({
        what: ['rolling', 'frozen', 'leader'],
        brokers: { ...brokers, names: brokers.names.slice(0, 1) }, // one is restarted, and not all in turn
        ...{ orders: 300, instances: 2, perSecond: 12, together: 25, awayMs: 11_000, seed: 1 },
        say: process.env['SAY'] ? (line) => console.error(line) : () => {},
      });
      expect(report.faults).toEqual([]);
      expect(report.orders).toBeGreaterThanOrEqual(300);
      expect(report.happened).toHaveLength(3);
    }, 300_000);
  });
});
