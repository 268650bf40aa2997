import { worldOf, type World } from 'saga-kit/testing';
import { DeliveryWork } from '../src/delivery/delivery-dispatcher';
import { delivery } from '../src/delivery/module';
import { order } from '../src/order/module';
import { cancelOrder, placeOrder } from '../src/order/order-calls';
import { OrderWork } from '../src/order/order-dispatcher';
import { OrderCancelled, OrderPlaced } from '../src/contracts';
import { product } from '../src/product/module';
import { ProductWork } from '../src/product/product-dispatcher';

let world: World;
beforeEach(async () => {
  world = await worldOf(order, product, delivery);
  await world.service('mall-product').loadSampleData();
  await world.settled();
});
afterEach(() => world.close());

const orders = () => world.work('mall-order', OrderWork);
const customer = { customerId: 1, customerName: 'Ada', address: '1 Main Street' };
const place = async (quantity: number) => (await placeOrder(orders(), { productId: 1, quantity, ...customer })).orderId;
const cancel = (orderId: string) => cancelOrder(orders(), orderId);

/** What everybody has to say of an order, and of the product. */
async function told(orderId: string) {
  const found = await orders().read((own) => own.orders.get(orderId));
  const sent = await world.work('mall-delivery', DeliveryWork).read((own) => own.deliveries.get(orderId));
  const tv = await world.work('mall-product', ProductWork).read((own) => own.products.get(1));
  const copy = await orders().read((own) => own.catalogue.get(1));
  expect(copy).toEqual(tv);
  return { status: found?.status, reason: found?.reason, delivery: sent?.status, stock: tv?.stock };
}
const newsSince = (count: number) => world.log.slice(count).filter((name) => name !== 'ProductChanged');

test('an order is complete when its stock is taken and its delivery is on its way', async () => {
  const before = world.log.length;
  const orderId = await place(2);
  expect(await told(orderId)).toMatchObject({ status: 'PENDING', delivery: undefined });
  await world.settled();
  expect(await told(orderId)).toEqual({ status: 'COMPLETED', reason: null, delivery: 'STARTED', stock: 8 });
  expect(newsSince(before).sort()).toEqual(['DeliveryStarted', 'OrderCompleted', 'OrderPlaced', 'StockDecreased']);
});

test('an order for more than the copy has is refused at once, and that is told too', async () => {
  const before = world.log.length;
  const orderId = await place(11);
  expect(await told(orderId)).toMatchObject({ status: 'CANCELLED', reason: 'OUT_OF_STOCK' });
  await world.settled();
  expect(await told(orderId)).toMatchObject({ status: 'CANCELLED', delivery: 'CANCELLED', stock: 10 });
  expect(newsSince(before)).toEqual(['OrderCancelled']);
});

test('of two orders that the copy has enough for, and the shelf has not, one cancels itself and gives nothing back', async () => {
  const before = world.log.length;
  const placed = await Promise.all([place(6), place(6)]);
  await world.settled();
  const ends = await Promise.all(placed.map(told));
  expect(ends.map(({ status }) => status).sort()).toEqual(['CANCELLED', 'COMPLETED']);
  expect(ends.find(({ status }) => status === 'CANCELLED')).toEqual({
    ...{ status: 'CANCELLED', reason: 'OUT_OF_STOCK', delivery: 'CANCELLED', stock: 4 },
  });
  const news = newsSince(before);
  for (const name of ['ProductOutOfStock', 'OrderCancelled', 'DeliveryCancelled'])
    expect(news.filter((each) => each === name)).toEqual([name]);
});

test.each(['at once', 'when it is complete'])(
  'an order that its customer cancels %s is undone by everybody',
  async (when) => {
    const orderId = await place(2);
    if (when !== 'at once') await world.settled();
    expect(await cancel(orderId)).toMatchObject({ status: 'CANCELLED' });
    await world.settled();
    expect(await told(orderId)).toEqual({
      ...{ status: 'CANCELLED', reason: 'CANCELLED_BY_CUSTOMER', delivery: 'CANCELLED', stock: 10 },
    });
  },
);

test('two who cancel at once, and one who does later, cancel once', async () => {
  const orderId = await place(2);
  await world.settled();
  await Promise.all([cancel(orderId), cancel(orderId)]);
  await world.settled();
  await cancel(orderId);
  await world.settled();
  expect(await told(orderId)).toMatchObject({ status: 'CANCELLED', stock: 10 });
  for (const name of ['OrderCancelled', 'DeliveryCancelled'])
    expect(world.log.filter((each) => each === name)).toHaveLength(1);
});

test('an order that was refused stays refused for its reason, whoever cancels it', async () => {
  const orderId = await place(11);
  expect(await cancel(orderId)).toMatchObject({ reason: 'OUT_OF_STOCK' });
  await world.settled();
  expect(world.log.filter((name) => name === 'OrderCancelled')).toHaveLength(1);
});

test('a delivery service that was down all day starts what is still wanted, and nothing else', async () => {
  await world.stop('mall-delivery');
  const [wanted, cancelled] = [await place(2), await place(3)];
  await world.settled();
  await cancel(cancelled);
  world.clock.goTo(world.clock.now().getTime() + 24 * 3_600_000);
  await world.settled();
  expect((await orders().read((own) => own.orders.get(wanted)))?.status).toBe('PENDING');
  await world.start(delivery);
  await world.settled();
  expect(await told(wanted)).toMatchObject({ status: 'COMPLETED', delivery: 'STARTED', stock: 8 });
  expect(await told(cancelled)).toMatchObject({ status: 'CANCELLED', delivery: 'CANCELLED' });
});

test('a cancellation that overtakes its order leaves nothing to be started, taken or given back', async () => {
  const orderId = '01a1fe67-bb08-766a-9c27-990232cdd270';
  const process = { target: 'MALL_ORDER', txId: orderId };
  const what = { orderId, productId: 1, quantity: 2 };
  await world.send(OrderCancelled.of({ ...what, reason: 'CANCELLED_BY_CUSTOMER' }), { ...process, id: 'cancelled' });
  await world.settled();
  await world.send(OrderPlaced.of({ ...what, ...customer, price: 1 }), { ...process, id: 'placed' });
  await world.settled();
  expect(await told(orderId)).toMatchObject({ delivery: 'CANCELLED', stock: 10 });
  for (const name of ['DeliveryStarted', 'StockDecreased']) expect(world.log).not.toContain(name);
});

test('everything that was ever sent, sent once more, changes nothing', async () => {
  const orderIds = [await place(2), await place(11), await place(3)];
  await world.settled();
  await cancel(orderIds[2]!);
  await world.settled();
  const before = await Promise.all(orderIds.map(told));
  const records = world.records();
  world.put(...records);
  await world.settled();
  expect(await Promise.all(orderIds.map(told))).toEqual(before);
  expect(world.records()).toHaveLength(2 * records.length);
});
