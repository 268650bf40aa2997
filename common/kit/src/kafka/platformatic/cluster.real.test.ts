import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import * as library from '@platformatic/kafka';
import { given } from '../../../test/given';
import { until } from '../../conformance/until';
import { Cluster } from './cluster';

given('KAFKA_BROKERS')('a cluster', () => {
  test('whose first broker takes connections and does not answer is asked of another one', async () => {
    jest.spyOn(Math, 'random').mockReturnValueOnce(0); // it begins with the first
    const frozen = createServer();
    await once(frozen.listen(0, '127.0.0.1'), 'listening');
    const own = { host: '127.0.0.1', port: (frozen.address() as AddressInfo).port };
    const brokers = [own, ...process.env['KAFKA_BROKERS']!.split(',').map((each) => library.parseBroker(each))];
    const pool = () => new library.ConnectionPool('me', { requestTimeout: 500 });
    const cluster = new Cluster({ library, brokers, pool });
    const answers: boolean[] = [];
    await until('another one is asked', async () => {
      answers.push(
        await cluster.allTopics().then(
          () => true,
          () => false,
        ),
      );
      return answers.includes(true);
    });
    expect(answers).toEqual([false, true]);
    await cluster.close();
    frozen.close();
  }, 60_000);
});
