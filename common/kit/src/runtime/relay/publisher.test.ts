import type { Broker, Environment, RefusedRecordStore } from '..';
import { Publisher } from './publisher';
import { RefusedRecords } from './refused-records';

const silent = () => {};
const environment: Environment = {
  clock: { now: () => new Date(0), monotonicMs: () => 0, after: () => silent, soon: (call) => void setImmediate(call) },
  ids: { next: () => '1' },
  log: { debug: silent, info: silent, warn: silent, error: silent },
  random: () => 0,
};
const broker: Pick<Broker, 'publish'> = { publish: async (records) => records.map(() => ({ status: 'durable' })) };
const aPublisher = () =>
  new Publisher(
    broker as Broker,
    environment,
    new RefusedRecords({} as RefusedRecordStore, environment, environment.clock),
  );
const row = { topic: 't', key: 'k', value: Buffer.from('v'), seq: 1 };

test('what is pushed after the stop stays in the outbox, and nobody waits for it', () => {
  const publisher = aPublisher();
  publisher.stop();
  publisher.push(1, 1, [row]);
  expect(publisher.idle).toBe(true); // else `flushed` would never end
  expect(publisher.waiting).toBe(1);
});

test('what was sent once more behind later rows does not make those unsent again', async () => {
  const publisher = aPublisher();
  publisher.push(1, 7, [row, { ...row, seq: 2 }]);
  publisher.push(1, 0, [row]);
  await publisher.flushed();
  const { sent, committed } = publisher.acknowledgements;
  expect([[...sent.unnoted()], [...committed.unnoted()]]).toEqual([[[1, 2]], [[1, 7]]]);
  sent.noted(1, 2);
  committed.noted(1, 7);
  expect([[...sent.unnoted()], [...committed.unnoted()]]).toEqual([[], []]);
});

test('what is acknowledged while something else is noted is told again', async () => {
  const publisher = aPublisher();
  publisher.push(1, 1, [row]);
  await publisher.flushed();
  const { sent } = publisher.acknowledgements;
  publisher.push(1, 2, [{ ...row, seq: 2 }]);
  await publisher.flushed();
  sent.noted(1, 1);
  expect(sent.unnoted().get(1)).toBe(2);
});
