import type { Broker, Environment } from '.';
import { Publisher, type Acknowledged } from './publisher';

const silent = () => {};
const environment: Environment = {
  clock: { now: () => new Date(0), monotonicMs: () => 0, after: () => silent, soon: (call) => void setImmediate(call) },
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

test('what was sent once more behind later rows does not make those unsent again', async () => {
  const publisher = new Publisher(broker, environment);
  publisher.push(1, 7, [row, { ...row, seq: 2 }]);
  publisher.push(1, 0, [row]);
  await publisher.flushed();
  const [[lane, what]] = [...publisher.unnoted()] as [[number, Acknowledged]];
  expect([lane, what]).toEqual([1, { seq: 2, unit: 7 }]);
  publisher.noted(lane, what);
  expect([...publisher.unnoted()]).toEqual([]);
});

test('what is acknowledged while something else is noted is told again', async () => {
  const publisher = new Publisher(broker, environment);
  publisher.push(1, 1, [row]);
  await publisher.flushed();
  const before = publisher.unnoted().get(1)!;
  publisher.push(1, 2, [{ ...row, seq: 2 }]);
  await publisher.flushed();
  publisher.noted(1, before);
  expect(publisher.unnoted().get(1)).toEqual({ seq: 2, unit: 2 });
});
