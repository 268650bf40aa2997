import type { ServiceLiteral } from 'saga-kit/service';
import { worldOf, type World } from 'saga-kit/testing';
import { delivery } from '../src/delivery/module';
import { order } from '../src/order/module';
import { cancelOrder, placeOrder } from '../src/order/order-calls';
import { OrderWork } from '../src/order/order-dispatcher';
import { product } from '../src/product/module';
import { change, ProductWork } from '../src/product/product-dispatcher';
import { bookkeeper } from './a-bookkeeper';

const orders = 500;
const services: readonly ServiceLiteral[] = [order, product, delivery, bookkeeper];
const tables: Readonly<Record<string, readonly string[]>> = {
  'mall-order': ['orders', 'catalogue'],
  'mall-product': ['products', 'reservations'],
  'mall-delivery': ['deliveries'],
  'mall-bookkeeper': ['entries'],
};

let world: World;
afterEach(() => world.close());

const rowsOf = (service: string, name: string): Promise<unknown[]> =>
  world.storesOf(service).reader.query((knex) => knex(name).orderBy(1));

/** All that a message may have changed, and all that there is to be said of it. */
async function everything() {
  const rows: Record<string, unknown> = {};
  for (const [service, own] of Object.entries(tables))
    for (const name of [...own, 'kit_inbox', 'kit_ordering_keys', 'kit_parked', 'kit_outbox'])
      rows[`${service} ${name}`] = await rowsOf(service, name);
  const ids = world.messages.all().map(({ envelope }) => envelope.id as string);
  return { rows, ids: [...new Set(ids)].sort() };
}

/** 500 orders of two products, one of which runs out; every fourth is cancelled, some of them twice, before or after the rest. */
async function aBusyMall(): Promise<void> {
  world = await worldOf(...services);
  await world.work('mall-product', ProductWork).run(async (ports) => {
    change({ productId: 1, name: 'TV', price: 10_000, stock: 100, version: 0 }, ports);
    change({ productId: 2, name: 'RADIO', price: 2_500, stock: 10_000, version: 0 }, ports);
  });
  await world.settled();
  const work = world.work('mall-order', OrderWork);
  const customer = { customerId: 1, customerName: 'Ada', address: '1 Main Street' };
  for (let count = 0; count < orders; count += 10) {
    const some = Array.from({ length: 10 }, (_, index) =>
      placeOrder(work, { productId: 1 + (index % 2), quantity: 1 + (index % 3), ...customer }),
    );
    const placed = await Promise.all(some);
    for (const index of count % 20 === 0 ? [1, 4, 8] : [0, 3]) {
      const each = placed[index]!;
      if (index > 2) await world.pass(1); // it has been handled by now
      await Promise.all([cancelOrder(work, each.orderId), cancelOrder(work, each.orderId)]);
    }
  }
  await world.settled();
}

/** An operator sets the group of a service back to the beginning: it is handed everything once more. */
async function rewind(literal: ServiceLiteral, topics: readonly string[]): Promise<void> {
  await world.stop(literal.name);
  const nothing = { receive: () => {}, reassigned: () => {} };
  const subscription = await world.broker.subscribe({ group: literal.name, topics, ...nothing });
  const ends = await world.broker.ends(topics);
  await subscription.commit(ends.map(({ topic, partition }) => ({ topic, partition, offset: 0n })));
  await subscription.close();
  await world.start(literal);
}

test('orders end in all ways', async () => {
  await aBusyMall();
  const ended = (await rowsOf('mall-order', 'orders')) as { status: string; reason: string | null }[];
  expect(ended).toHaveLength(orders);
  const ends = new Map<string, number>();
  for (const { status, reason } of ended) ends.set(reason ?? status, (ends.get(reason ?? status) ?? 0) + 1);
  expect([...ends.keys()].sort()).toEqual(['CANCELLED_BY_CUSTOMER', 'COMPLETED', 'OUT_OF_STOCK']);
  for (const count of ends.values()) expect(count).toBeGreaterThan(50);
});

test('records that come again, byte by byte and in any order, change nothing', async () => {
  await aBusyMall();
  const before = await everything();
  const records = world.records();
  world.put(...records, ...records);
  await world.settled();
  expect(await everything()).toEqual(before);
  world.put(...records.reverse());
  await world.settled();
  expect(await everything()).toEqual(before);
});

test('groups that are set back to the beginning, one after the other, change nothing', async () => {
  await aBusyMall();
  const before = await everything();
  const topics = [...new Set(world.records().map(({ topic }) => topic))];
  for (const each of services) {
    await rewind(each, topics);
    await world.settled();
  }
  expect(await everything()).toEqual(before);
});

test('it is the inbox that sees to it: without its rows, what comes again is counted again', async () => {
  await aBusyMall();
  const before = (await rowsOf('mall-bookkeeper', 'entries')) as { id: string; times: number }[];
  await world.storesOf('mall-bookkeeper').reader.query((knex) => knex('kit_inbox').delete());
  world.put(...world.records());
  await world.settled();
  const twice = before.map(({ id, times }) => ({ id, times: 2 * times }));
  expect(await rowsOf('mall-bookkeeper', 'entries')).toEqual(twice);
});

test('an operator sees what a service has handled, what has caused it, and when', async () => {
  await aBusyMall();
  const [{ txId }] = world.messages
    .all()
    .filter(({ name }) => name === 'ProductOutOfStock')
    .map(({ envelope }) => envelope as { txId: string }) as [{ txId: string }];
  const { sagaStore } = world.storesOf('mall-product');
  const handled = async () =>
    (await sagaStore.messages(txId))
      .filter(({ direction }) => direction === 'received')
      .sort((one, other) => other.type.localeCompare(one.type)); // the clock stands still: all has come at the same time
  const before = await handled();
  const row = { topic: 'mall-order-events', at: expect.any(Date), causationId: expect.any(String) };
  expect(before).toMatchObject([
    { ...row, type: 'OrderPlaced' },
    { ...row, type: 'OrderCancelled' },
  ]);
  world.put(...world.records());
  await world.settled();
  expect(await handled()).toEqual(before);
});
