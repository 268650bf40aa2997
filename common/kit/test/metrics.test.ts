import { stub, worldWith, FaultyBroker, type World, type WorldOptions } from 'saga-kit/testing';
import { aShipping, Carry, ended, ShippingWork, shippingSaga } from './a-shipping';
import { aShop, Pack, Unpack } from './a-shop';

let world: World;
let faults: FaultyBroker;
beforeEach(() => ended.splice(0));
afterEach(() => world.close());

const options: WorldOptions = { broker: (real) => (faults = new FaultyBroker(real)) };
/** After which everything has been looked at again. */
const countedMs = 40_000;
/** By its name and its labels, without the service. */
async function metric(of: string, service = 'shipping'): Promise<number | undefined> {
  const text = await world.service(service).metrics.registry.metrics();
  const plain = (line: string) =>
    line
      .replace(/(,)?service="\w+"(,)?/, '$2')
      .replace('{}', '')
      .replace('{,', '{');
  const line = text.split('\n').find((each) => plain(each).startsWith(`${of} `));
  return line === undefined ? undefined : Number(line.split(' ').at(-1));
}
const aShippingWorld = async () => {
  world = await worldWith(options, aShipping(), stub('shop', [Pack, Unpack]), stub('carrier', [Carry]));
};
const begin = (txId: string) =>
  world.work('shipping', ShippingWork).run(({ sagas }) => sagas.begin(shippingSaga, txId, { item: 'x', count: 1 }));

test('how long sagas take is measured by how they end, and how old the first is at each step while they are open', async () => {
  await aShippingWorld();
  faults.loses = ({ topic, key }) => topic === Pack.topic && key === 'slow';
  await begin('slow');
  await world.pass(10_000);
  await begin('fast');
  await world.pass(countedMs);
  const oldest = 'saga_kit_saga_oldest_seconds{saga="SHIPPING",step="Pack"}';
  expect(await metric(oldest)).toBeGreaterThanOrEqual(20);
  expect(await metric(oldest)).toBeLessThanOrEqual(50);
  expect(await metric('saga_kit_saga_duration_seconds_count{saga="SHIPPING",outcome="completed"}')).toBe(1);
  faults.loses = () => false;
  await world.pass(countedMs);
  expect(ended).toHaveLength(2);
  expect(await metric('saga_kit_saga_duration_seconds_count{saga="SHIPPING",outcome="rejected"}')).toBe(1);
  expect(await metric('saga_kit_saga_duration_seconds_sum{saga="SHIPPING",outcome="rejected"}')).toBeGreaterThan(59);
  await world.pass(countedMs);
  expect(await metric(oldest)).toBeUndefined();
});

test('answers that change nothing are counted, each that comes', async () => {
  await aShippingWorld();
  await begin('a');
  await world.settled();
  const late = 'saga_kit_saga_late_replies_total{saga="SHIPPING"}';
  expect(await metric(late)).toBeUndefined();
  const packed = world.records().find(({ topic }) => topic === 'packed')!;
  world.put(packed, packed);
  await world.settled();
  expect(await metric(late)).toBe(2);
});

test('what waits to be sent is counted, and for how long', async () => {
  await aShippingWorld();
  faults.fails = () => 'before';
  await begin('a');
  await world.pass(20_000);
  expect(await metric('saga_kit_outbox_records')).toBe(1);
  expect(await metric('saga_kit_outbox_oldest_seconds')).toBeGreaterThanOrEqual(19);
  faults.fails = () => undefined;
  await world.settled();
  expect([await metric('saga_kit_outbox_records'), await metric('saga_kit_outbox_oldest_seconds')]).toEqual([0, 0]);
});

test('records that are not done are counted by topic', async () => {
  let stuck = true;
  const { literal } = aShop(() => {
    if (stuck) throw new Error('stuck');
  });
  world = await worldWith(options, literal);
  for (let count = 0; count < 3; count++)
    await world.send(Pack.of({ item: 'a', count: 1 }), { target: `${count}`, txId: 'a' });
  await world.pass(29_000);
  const waiting = await metric('saga_kit_consumer_lag_records{topic="shop"}', 'shop');
  stuck = false;
  await world.settled();
  await world.pass(countedMs);
  const done = await metric('saga_kit_consumer_lag_records{topic="shop"}', 'shop');
  expect([waiting, done, await metric('saga_kit_consumer_lag_records{topic="audits"}', 'shop')]).toEqual([3, 0, 0]);
});

test('a transaction is measured when it is committed: how much has shared it, and how long it took', async () => {
  const { literal } = aShop();
  world = await worldWith(options, literal);
  const counts = async () => [
    await metric('saga_kit_transaction_jobs_count', 'shop'),
    await metric('saga_kit_transaction_jobs_sum', 'shop'),
    await metric('saga_kit_transaction_duration_seconds_count', 'shop'),
  ];
  const [transactions, jobs] = await counts();
  faults.hold();
  for (let count = 0; count < 3; count++)
    await world.send(Pack.of({ item: 'a', count: 1 }), { target: 'T', txId: `${count}` });
  await world.pass(1_000);
  faults.release();
  await world.settled();
  expect(await counts()).toEqual([transactions! + 1, jobs! + 3, transactions! + 1]);
});

test('paused sagas are counted', async () => {
  await aShippingWorld();
  faults.loses = () => true;
  await begin('a');
  await world.pass(1_000);
  const { sagas } = world.service('shipping').operators;
  const on = { who: 'Ada', reason: 'a call' };
  const would = await sagas.act('pause', 'SHIPPING', 'a', on);
  await sagas.act('pause', 'SHIPPING', 'a', { ...on, version: (would as { version: string }).version });
  await world.pass(countedMs);
  expect(await metric('saga_kit_sagas_paused')).toBe(1);
});
