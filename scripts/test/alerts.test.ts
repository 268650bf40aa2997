import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { saga, Unprocessable } from 'saga-kit';
import { FaultyBroker, stub, worldWith, type World } from 'saga-kit/testing';
import { Metrics } from 'saga-kit/tools';
import { aShipping, Carry, Parcel, ShippingWork } from '../../common/kit/test/a-shipping';
import { attemptsMax } from '../../common/kit/src/saga';
import { aShop, Pack, Unpack } from '../../common/kit/test/a-shop';
import { root } from '../src/root';
import { firing, rules } from './alert-rules';

const board = JSON.parse(readFileSync(join(root, 'docker', 'grafana-board.json'), 'utf8')) as {
  panels: { title: string; targets: { expr: string }[] }[];
};
/** Of a histogram: what it is measured as. */
const namesIn = (expr: string): string[] =>
  (expr.match(/saga_kit_\w+/g) ?? []).map((name) => name.replace(/_(bucket|sum|count)$/, ''));

let world: World | undefined;
afterEach(async () => {
  await world?.close();
  world = undefined;
});
const countedMs = 40_000;
/** After which what has become stuck is counted: the others, that go on, are counted less often. */
const countedSoonMs = 6_000;
const metricsOf = (name: string) => world!.service(name).metrics;
const healthOf = (name: string) => metricsOf(name).ready(world!.service(name).health().ready);

test.each([
  ...rules.map(({ alert, expr }) => [alert, expr]),
  ...board.panels.flatMap(({ title, targets }) => targets.map(({ expr }) => [title, expr])),
])('what %s looks at is measured', async (_, expr) => {
  const text = await new Metrics('a-service').registry.metrics();
  expect(namesIn(expr).length).toBeGreaterThan(0);
  for (const name of namesIn(expr)) expect(text).toContain(`# TYPE ${name} `);
});

test('every metric is in the table of the guide', async () => {
  const text = await new Metrics('a-service').registry.metrics();
  const guide = readFileSync(join(root, 'docs', 'operating.md'), 'utf8');
  const names = [...text.matchAll(/^# TYPE (saga_kit_\w+) /gm)].map(([, name]) => name!);
  expect(names.filter((name) => !new RegExp(`\`${name}[\`{]`).test(guide))).toEqual([]);
});

test('a service that is well lets no alert fire', async () => {
  world = await worldWith({}, aShop().literal);
  await world.send(Pack.of({ item: 'a', count: 1 }), { target: 'T', txId: 'a' });
  await world.pass(countedMs);
  healthOf('shop');
  expect(await firing(metricsOf('shop'))).toEqual([]);
});

test('a message that was parked fires soon', async () => {
  const shop = aShop(() => {
    throw new Unprocessable('a bug');
  });
  world = await worldWith({}, shop.literal);
  await world.send(Pack.of({ item: 'a', count: 1 }), { target: 'T', txId: 'a' });
  await world.pass(countedSoonMs);
  healthOf('shop');
  expect(await firing(metricsOf('shop'))).toEqual(['SagaKitParked']);
});

test('what the broker refuses fires', async () => {
  let broker: FaultyBroker | undefined;
  world = await worldWith({ broker: (real) => (broker = new FaultyBroker(real)) }, aShop().literal);
  broker!.verdict = ({ topic }) => (topic === 'packed' ? { status: 'refused', reason: 'too large' } : undefined);
  await world.send(Pack.of({ item: 'a', count: 1 }), { target: 'T', txId: 'a' });
  await world.pass(countedMs);
  healthOf('shop');
  expect(await firing(metricsOf('shop'))).toEqual(['SagaKitRefused']);
});

test('a saga that nobody answers fires soon', async () => {
  let broker: FaultyBroker | undefined;
  const patient = saga({
    name: 'SHIPPING',
    state: Parcel,
    compensatable: [{ do: Pack, undo: Unpack }],
    pivot: { do: Carry },
  });
  const options = {
    broker: (real: ConstructorParameters<typeof FaultyBroker>[0]) => (broker = new FaultyBroker(real)),
  };
  world = await worldWith(options, aShipping(patient), stub('shop', [Pack, Unpack]), stub('carrier', [Carry]));
  broker!.loses = ({ topic }) => topic === Carry.topic;
  await world.work('shipping', ShippingWork).run(({ sagas }) => sagas.begin(patient, 'a', { item: 'x', count: 1 }));
  await world.settled();
  const almost = { attempts: attemptsMax - 1, due_at: 1 }; // as if it had been asked for often, and the wait was over
  await world.storesOf('shipping').reader.query((knex) => knex('kit_sagas').update(almost));
  await world.pass(countedSoonMs + 1_000);
  healthOf('shipping');
  expect(await firing(metricsOf('shipping'))).toEqual(['SagaKitSagaNeedsOperator']);
});

test('a topic that was paused fires until it is resumed', async () => {
  world = await worldWith({}, aShop().literal);
  const { consumer } = world.service('shop').operators;
  const on = { who: 'Ada', reason: 'a storm' };
  for (const [verb, fired] of [
    ['pause', ['SagaKitTopicPaused']],
    ['resume', []],
  ] as const) {
    const would = await consumer.act(verb, 'shop', on);
    await consumer.act(verb, 'shop', { ...on, version: (would as { version: string }).version });
    await world.pass(2_000);
    healthOf('shop');
    expect(await firing(metricsOf('shop'))).toEqual(fired);
  }
});

test('a service that is not ready, what should have left or be done, and a projection that is behind fire', async () => {
  const metrics = new Metrics('a-service');
  metrics.ready(false);
  expect(await firing(metrics)).toEqual(['SagaKitNotReady']);
  metrics.ready(true);
  metrics.waiting(1, 61_000);
  expect(await firing(metrics)).toEqual(['SagaKitDelayedEventsOverdue']);
  metrics.waiting(0, 0);
  metrics.projected('orders', 10_001);
  expect(await firing(metrics)).toEqual(['SagaKitProjectionBehind']);
  metrics.projected('orders', 0);
  metrics.outbox(1, 60_001);
  expect(await firing(metrics)).toEqual(['SagaKitOutboxOld']);
  metrics.outbox(0, 0);
  metrics.lag(new Map([['orders', 10_001]]));
  expect(await firing(metrics)).toEqual(['SagaKitConsumerBehind']);
  metrics.lag(new Map());
  metrics.open([{ saga: 'ORDER', step: 'Pay', startedAt: new Date(0) }], 1, 3_600_001);
  expect(await firing(metrics)).toEqual(['SagaKitSagasPaused', 'SagaKitSagaOld']);
});
