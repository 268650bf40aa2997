import {
  ApproveTicket,
  kitchenContracts,
  Pay,
  paymentContracts,
  RefundPayment,
  stubRules,
  userContracts,
} from '@saga-kit/contracts';
import { stub, worldOf } from 'saga-kit/testing';
import { OrderWork } from '../src/application/order-work';
import { PlaceOrder } from '../src/application/place-order';
import { order } from '../src/module';

async function aWorld() {
  const user = stub('user', userContracts, stubRules);
  const kitchen = stub('kitchen', kitchenContracts, stubRules);
  const payment = stub('payment', paymentContracts, stubRules);
  const world = await worldOf(order, user, kitchen, payment);
  const place = async (userId: number, productId = 2) => {
    const placed = await world.get('order', PlaceOrder).execute({ userId, items: [{ productId, quantity: 3 }] });
    if (typeof placed === 'string') throw new Error(placed);
    return placed.orderId;
  };
  const find = (orderId: string) => world.work('order', OrderWork).read(({ orders }) => orders.get(orderId));
  return { world, user, kitchen, payment, place, find };
}
type TheWorld = Awaited<ReturnType<typeof aWorld>>;
let the: TheWorld;
beforeEach(async () => {
  the = await aWorld();
});
afterEach(() => the.world.close());

test('an order that everybody agrees to is approved', async () => {
  const orderId = await the.place(1);
  await the.world.settled();
  expect(await the.find(orderId)).toMatchObject({ status: 'APPROVED', totalPrice: 3_000 });
  expect(the.payment.received(Pay)).toEqual([{ orderId, userId: 1, totalPrice: 3_000 }]);
  expect(the.world.log).toEqual([
    'CheckUser',
    'UserChecked',
    'CreateTicket',
    'TicketCreated',
    'Pay',
    'PaymentApproved',
    'ApproveTicket',
    'TicketApproved',
  ]);
});

test('a ticket that is withdrawn at the pivot refunds the payment, then rejects the ticket, then rejects the order', async () => {
  const orderId = await the.place(5);
  await the.world.settled();
  expect(await the.find(orderId)).toMatchObject({
    status: 'REJECTED',
    refusal: { step: 'ApproveTicket', code: 'WITHDRAWN' },
    totalPrice: 3_000,
  });
  expect(the.world.log.slice(6)).toEqual([
    'ApproveTicket',
    'WITHDRAWN',
    'RefundPayment',
    'PaymentRefunded',
    'RejectTicket',
    'TicketRejected',
  ]);
  expect(the.payment.received(RefundPayment)).toEqual([{ orderId }]);
  void ApproveTicket;
});
