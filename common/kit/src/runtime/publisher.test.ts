import { Broker, type Environment } from '.';
import { Publisher } from './publisher';

const silent = () => {};
const environment: Environment = {
  clock: { now: () => new Date(0), after: () => silent, soon: (call) => void setImmediate(call) },
  ids: { next: () => '1' },
  log: { debug: silent, info: silent, warn: silent, error: silent },
  random: () => 0,
};
const broker = { publish: async () => {} } as Partial<Broker> as Broker;
const row = { topic: 't', key: 'k', value: Buffer.from('v'), seq: 1 };

test('what is pushed after the stop stays in the outbox, and nobody waits for it', () => {
  const publisher = new Publisher(broker, environment);
  publisher.stop();
  publisher.push(1, 1, [row]);
  expect(publisher.idle).toBe(true); // else `flushed` would never end
  expect(publisher.waiting).toBe(1);
});
