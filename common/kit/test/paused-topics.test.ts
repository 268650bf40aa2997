import { FaultyBroker, stub, worldWith, type World, type WorldOptions } from 'saga-kit/testing';
import type { ActResult } from '../src/runtime';
import { aShipping, Carry, ended, ShippingWork, shippingSaga } from './a-shipping';
import { aShop, Audited, Pack, Unpack } from './a-shop';

let world: World;
let faults: FaultyBroker;
beforeEach(() => ended.splice(0));
afterEach(() => world.close());

const options: WorldOptions = { broker: (real) => (faults = new FaultyBroker(real)) };
const on = { who: 'Ada', reason: 'the bank is away' };
const consumer = (name = 'shop') => world.service(name).operators.consumer;
async function act(verb: 'pause' | 'resume', topic = 'shop', name = 'shop'): Promise<ActResult> {
  const would = await consumer(name).act(verb, topic, on);
  return would.outcome === 'would' ? consumer(name).act(verb, topic, { ...on, version: would.version }) : would;
}
const pack = (txId: string, item: string) => world.send(Pack.of({ item, count: 1 }), { target: item, txId });
const topicOf = async (topic: string, name = 'shop') =>
  (await consumer(name).show()).topics.find((each) => each.topic === topic)!;
const lagOf = async (topic: string) =>
  (await topicOf(topic)).partitions.reduce((sum, { lag }) => sum + (lag ?? Number.NaN), 0);
const metric = async (name: string, service = 'shop') =>
  (await world.service(service).metrics.registry.metrics()).split('\n').filter((line) => line.startsWith(`${name}{`));

test('of a paused topic nothing is handled, which is seen everywhere; resumed, it is handled in order, each once', async () => {
  const { literal, handled } = aShop();
  world = await worldWith({}, literal);
  expect(await act('pause')).toEqual({
    outcome: 'done',
    does: expect.stringContaining('what comes waits on the topic'),
  });
  for (const item of ['one', 'two', 'three']) await pack('a', item);
  await world.send(Audited.of({ item: 'x', count: 1 }), { target: 'T', txId: 'a' });
  await world.pass(600_000);
  expect(handled).toEqual(['audit of x']);
  const health = () => world.service('shop').health();
  const reason = expect.stringMatching(
    /Ada has paused it since .* \(the bank is away\): "saga-kit consumers resume shop\/shop"/,
  );
  expect(health()).toEqual({ ready: true, reasons: [reason] });
  expect(await topicOf('shop')).toMatchObject({
    paused: true,
    partitions: expect.arrayContaining([{ partition: expect.any(Number), lag: 3, heldBack: reason }]),
  });
  expect(await lagOf('audits')).toBe(0);
  expect(await metric('saga_kit_topic_paused')).toEqual(['saga_kit_topic_paused{topic="shop",service="shop"} 1']);
  expect(await act('resume')).toMatchObject({ outcome: 'done' });
  await world.settled();
  expect(handled).toEqual(['audit of x', 'one', 'two', 'three']);
  expect(await lagOf('shop')).toBe(0);
  expect(health()).toEqual({ ready: true, reasons: [] });
  expect(await metric('saga_kit_topic_paused')).toEqual([]);
});

test('a pause survives the process, and no offset goes past what was not handled', async () => {
  const { literal, handled } = aShop();
  world = await worldWith({}, literal);
  await pack('a', 'before');
  await world.settled();
  await act('pause');
  await pack('a', 'after');
  await world.pass(10_000);
  await world.crash('shop');
  await world.start(literal);
  await pack('a', 'later');
  await world.pass(10_000);
  expect(handled).toEqual(['before']);
  expect(await lagOf('shop')).toBe(2);
  await act('resume');
  await world.settled();
  expect(handled).toEqual(['before', 'after', 'later']);
});

test('a message that is being tried again when its topic is paused uses no budget, and keeps its place', async () => {
  let bug = true;
  const { literal, handled } = aShop((item) => {
    if (bug && item === 'bad') throw new Error('a bug');
  });
  world = await worldWith({}, literal);
  for (const item of ['bad', 'good']) await pack('a', item);
  await world.pass(5_000);
  await act('pause');
  await pack('a', 'last');
  await pack('b', 'other');
  await world.pass(600_000);
  expect(handled).toEqual([]);
  expect(await world.service('shop').operators.parked.list({}, 10)).toEqual([]);
  bug = false;
  await act('resume');
  await world.settled();
  expect(handled.filter((item) => item !== 'other')).toEqual(['bad', 'good', 'last']);
  expect(handled).toContain('other');
});

test('while answers wait on a paused topic no deadline acts, nor when it is resumed before they are read', async () => {
  world = await worldWith(options, aShipping(), stub('shop', [Pack, Unpack]), stub('carrier', [Carry]));
  await act('pause', 'packed', 'shipping');
  await world
    .work('shipping', ShippingWork)
    .run(({ sagas }) => sagas.begin(shippingSaga, 'a', { item: 'x', count: 1 }));
  await world.pass(600_000);
  expect(world.log).toEqual(['Pack', 'Packed']);
  faults.hold();
  await act('resume', 'packed', 'shipping');
  await world.pass(20_000);
  faults.release();
  await world.settled();
  expect(world.log).toEqual(['Pack', 'Packed', 'Carry', 'Carried']);
  expect(ended).toEqual(['approved {"item":"x","count":1}']);
});

test('what is parked waits, too: it is not replayed while its topic is paused', async () => {
  let bug = true;
  const { literal, handled } = aShop(() => {
    if (bug) throw new Error('a bug');
  });
  world = await worldWith({}, literal);
  await pack('a', 'bad');
  await pack('a', 'behind');
  await world.pass(120_000);
  const { parked } = world.service('shop').operators;
  const [head] = await parked.list({ reason: 'exhausted' }, 1);
  bug = false;
  await act('pause');
  expect(await parked.act('replay', head!.id, on)).toEqual({
    outcome: 'refused',
    detail: 'its topic shop is paused: resume it first',
  });
  const would = await parked.act('drop', head!.id, on);
  await parked.act('drop', head!.id, { ...on, version: (would as { version: string }).version });
  await world.pass(60_000);
  expect(handled).toEqual([]);
  await act('resume');
  await world.pass(10_000);
  expect(handled).toEqual(['behind']);
});

test('a dry run changes nothing; who comes too late, or asks for what cannot be, is told', async () => {
  const { literal, handled } = aShop();
  world = await worldWith({}, literal);
  const would = await consumer().act('pause', 'shop', on);
  await pack('a', 'one');
  await world.settled();
  expect(handled).toEqual(['one']);
  const { version } = would as { version: string };
  expect(await consumer().act('pause', 'shop', { ...on, version })).toMatchObject({ outcome: 'done' });
  expect(await consumer().act('pause', 'shop', { ...on, version })).toMatchObject({
    outcome: 'moved',
    detail: expect.stringContaining('Ada has paused it at'),
  });
  expect(await act('pause')).toEqual({ outcome: 'refused', detail: 'it is paused already' });
  expect(await act('resume', 'audits')).toEqual({ outcome: 'refused', detail: 'it is not paused' });
  expect(await act('pause', 'nowhere')).toMatchObject({
    outcome: 'unknown',
    detail: expect.stringContaining('audits'),
  });
  const noted = await world.service('shop').operators.sagas.audit(10);
  expect(noted).toMatchObject([
    { verb: 'pause', subject: 'topic shop', who: 'Ada', before: { paused: 'no' }, after: { paused: 'by Ada' } },
  ]);
});

test('what waits to be sent, and for its time, is seen', async () => {
  world = await worldWith(options, aShipping(), stub('shop', [Pack, Unpack]), stub('carrier', [Carry]));
  faults.fails = () => 'before';
  await world
    .work('shipping', ShippingWork)
    .run(({ sagas }) => sagas.begin(shippingSaga, 'a', { item: 'x', count: 1 }));
  await world.pass(20_000);
  const { outbox, timers } = await consumer('shipping').show();
  expect(outbox.waiting).toBe(1);
  expect(outbox.oldestSeconds).toBeGreaterThanOrEqual(20);
  expect(timers).toEqual({ due: 0, nextAt: expect.any(String) });
  faults.fails = () => undefined;
  await world.settled();
  expect(await consumer('shipping').show()).toMatchObject({
    outbox: { waiting: 0, oldestSeconds: 0 },
    timers: { due: 0, nextAt: null },
  });
});
