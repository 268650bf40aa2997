import { worldOf, type World } from 'saga-kit/testing';
import { aSales, OrderPaid, OrderPlaced } from './a-payment-deadline';

let world: World;
afterEach(() => world.close());

const minuteMs = 60_000;
const orderId = 'o-1';
const of = { target: 'SALE', txId: orderId };
const statuses = () => world.storesOf('sales').reader.query((knex) => knex('orders').pluck('status'));

test('an order that is not paid for in 30 minutes is cancelled', async () => {
  world = await worldOf(aSales);
  await world.send(OrderPlaced.of({ orderId }), of);
  await world.pass(30 * minuteMs - 2_000);
  expect(await statuses()).toEqual(['PENDING']);
  await world.pass(4_000);
  await world.settled();
  expect(await statuses()).toEqual(['CANCELLED']);
  expect(world.log).toEqual(['OrderPlaced', 'PaymentOverdue', 'OrderCancelled']);
});

test('an order that is paid for in time stays, and nobody is told that it is overdue', async () => {
  world = await worldOf(aSales);
  await world.send(OrderPlaced.of({ orderId }), of);
  await world.pass(29 * minuteMs);
  await world.send(OrderPaid.of({ orderId }), of);
  await world.pass(60 * minuteMs);
  expect(await statuses()).toEqual(['PAID']);
  expect(world.log).toEqual(['OrderPlaced', 'OrderPaid']);
});

test('an order that is paid for too late stays cancelled', async () => {
  world = await worldOf(aSales);
  await world.send(OrderPlaced.of({ orderId }), of);
  await world.pass(31 * minuteMs);
  await world.send(OrderPaid.of({ orderId }), of);
  await world.settled();
  expect(await statuses()).toEqual(['CANCELLED']);
});
