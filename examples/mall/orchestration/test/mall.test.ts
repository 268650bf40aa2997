import { handled, inMemoryStreams, workOf } from 'saga-kit/testing';
import { DecreaseStock, StockDecreased } from '../src/contracts';
import { delivery } from '../src/delivery/module';
import { order } from '../src/order/module';
import { add, productAggregate } from '../src/product/product';
import { productDispatcher, ProductWork } from '../src/product/product-dispatcher';
import { aMall, type Mall } from './a-mall';

let mall: Mall;
beforeEach(async () => (mall = await aMall()));
afterEach(() => mall.world.close());

type Told = Readonly<{ version: number; type: string }>;
const typesOf = async (orderId: string) =>
  ((await mall.get(`/orders/${orderId}/events`)).items as readonly Told[]).map(({ version, type }) => [version, type]);
const deliveryOf = async (orderId: string) =>
  (await mall.get('/deliveries')).items.find((each: { orderId: string }) => each.orderId === orderId)?.status;
const stockOf = async (productId: string) => (await mall.get(`/products/${productId}`)).stock;

test('10 of 100 are completed; 100 more are cancelled, the delivery too, and 90 are left', async () => {
  const tv = await mall.addProduct(100);
  const first = await mall.place(tv, 10);
  expect(await mall.get(`/orders/${first}`)).toMatchObject({ status: 'PENDING', reason: null });
  await mall.world.settled();
  expect(await typesOf(first)).toEqual([
    [1, 'OrderPlaced'],
    [2, 'OrderCompleted'],
  ]);
  expect([await deliveryOf(first), await stockOf(tv)]).toEqual(['STARTED', 90]);
  const second = await mall.place(tv, 100);
  await mall.world.settled();
  expect(await mall.get(`/orders/${second}`)).toEqual({
    ...{ orderId: second, productId: tv, quantity: 100, userId: 1, status: 'CANCELLED', reason: 'OUT_OF_STOCK' },
  });
  expect(await typesOf(second)).toEqual([
    [1, 'OrderPlaced'],
    [2, 'OrderCancelled'],
  ]);
  expect([await deliveryOf(second), await stockOf(tv)]).toEqual(['CANCELLED', 90]);
});

test('the history of an order says what caused each event', async () => {
  const orderId = await mall.place(await mall.addProduct(1), 1);
  await mall.world.settled();
  const { items } = await mall.get(`/orders/${orderId}/events`);
  const taken = mall.world.messages.all().find(({ name }) => name === 'StockDecreased')!;
  expect(items).toMatchObject([
    { version: 1, type: 'OrderPlaced', wanted: { quantity: 1 }, causedBy: expect.stringMatching(/./) },
    { version: 2, type: 'OrderCompleted', causedBy: taken.envelope.id },
  ]);
});

test.each([
  ['what nobody has added', 5, 'UNKNOWN_PRODUCT', 'CANCELLED'],
  ['more than a van takes', 10_001, 'TOO_LARGE', undefined],
])('an order for %s is cancelled', async (_, quantity, reason, sent) => {
  const orderId = await mall.place('00000000-0000-7000-8000-000000000000', quantity);
  await mall.world.settled();
  expect(await mall.get(`/orders/${orderId}`)).toMatchObject({ status: 'CANCELLED', reason });
  expect(await deliveryOf(orderId)).toBe(sent);
});

test('of 200 orders at once for a stock of 100, exactly 100 are completed', async () => {
  const tv = await mall.addProduct(100);
  const placed = await Promise.all(Array.from({ length: 200 }, () => mall.place(tv, 1)));
  await mall.world.settled();
  const ends = await Promise.all(
    placed.map(async (orderId) => (await mall.get(`/orders/${orderId}`)).status as string),
  );
  expect(ends.filter((status) => status === 'COMPLETED')).toHaveLength(100);
  expect(ends.filter((status) => status === 'CANCELLED')).toHaveLength(100);
  expect(await stockOf(tv)).toBe(0);
});

test('every message twice, and services that crash, change nothing', async () => {
  const tv = await mall.addProduct(100);
  const placed = await Promise.all(Array.from({ length: 20 }, (_, count) => mall.place(tv, count + 1)));
  await mall.world.crash('mall-orchestrated-delivery');
  await mall.world.crash('mall-orchestrated-order');
  await mall.world.start(order);
  await mall.world.start(delivery);
  await mall.world.settled();
  const told = () =>
    Promise.all([stockOf(tv), ...placed.flatMap((id) => [typesOf(id), deliveryOf(id)])]) as Promise<unknown[]>;
  const before = await told();
  mall.world.put(...mall.world.records());
  await mall.world.settled();
  expect(await told()).toEqual(before);
});

test('the orders of a customer are rebuilt from nothing while orders go on, and agree with the streams', async () => {
  const tv = await mall.addProduct(60);
  const placeMany = () => Promise.all(Array.from({ length: 40 }, (_, count) => mall.place(tv, 1, (count % 2) + 1)));
  const before = await placeMany();
  await mall.world.settled();
  const during = placeMany();
  await mall.world.service('mall-orchestrated-order').projections.rebuild('orders-of-customers');
  const all = [...before, ...(await during)];
  await mall.world.settled();
  const listed = (await Promise.all([1, 2].map((userId) => mall.get(`/customers/${userId}/orders`)))).flatMap(
    ({ items }) => items as { orderId: string; status: string }[],
  );
  expect(listed).toHaveLength(80);
  for (const orderId of all)
    expect(listed.find((each) => each.orderId === orderId)).toEqual(await mall.get(`/orders/${orderId}`));
  expect(listed.filter(({ status }) => status === 'COMPLETED')).toHaveLength(60);
});

test('stock is decided on what has happened, and nothing happens where it is refused', async () => {
  const products = inMemoryStreams(productAggregate, { tv: add('TV', 5) });
  const work = workOf(ProductWork, { products });
  const take = (quantity: number) =>
    handled(productDispatcher, DecreaseStock.of({ orderId: 'o', productId: 'tv', quantity, userId: 1 }), work);
  expect(await take(3)).toEqual(StockDecreased.of({ orderId: 'o' }));
  expect(await take(3)).toMatchObject({ code: 'OUT_OF_STOCK' });
  expect(products.eventsOf('tv').slice(2)).toEqual([{ type: 'StockDecreased', quantity: 3, orderId: 'o' }]);
});
