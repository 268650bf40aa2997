import { CheckUser, CreateTicket, Pay, RefundPayment } from '@saga-kit/contracts';
import { worlds } from './an-order-world';

const aWorld = worlds();

const asked = ['CheckUser', 'UserChecked', 'CreateTicket', 'TicketCreated', 'Pay', 'PaymentApproved', 'ApproveTicket'];

test('an order that everybody agrees to is approved, and has cost what the kitchen said', async () => {
  const { world, place, find, user, kitchen, payment } = await aWorld();
  const orderId = await place();
  await world.settled();
  expect(await find(orderId)).toMatchObject({ status: 'APPROVED', totalPrice: 3_000, refusal: null });
  expect(user.received(CheckUser)).toEqual([{ userId: 1 }]);
  expect(kitchen.received(CreateTicket)).toEqual([{ orderId, userId: 1, items: [{ productId: 2, quantity: 3 }] }]);
  expect(payment.received(Pay)).toEqual([{ orderId, userId: 1, totalPrice: 3_000 }]);
  expect(world.log).toEqual([...asked, 'TicketApproved']);
});

test('a user in bad standing ends it at once: there is nothing to undo', async () => {
  const { world, place, find } = await aWorld();
  const orderId = await place(3);
  await world.settled();
  const refusal = { step: 'CheckUser', code: 'USER_ABNORMAL', message: 'the stub says USER_ABNORMAL' };
  expect(await find(orderId)).toMatchObject({ status: 'REJECTED', totalPrice: null, refusal });
  expect(world.log).toEqual(['CheckUser', 'USER_ABNORMAL']);
});

test('a kitchen that refuses has nothing to take back', async () => {
  const { world, place, find, kitchen } = await aWorld();
  kitchen.on(CreateTicket, () => CreateTicket.refuse('SOLD_OUT', 'no bowls'));
  const orderId = await place();
  await world.settled();
  const refusal = { step: 'CreateTicket', code: 'SOLD_OUT', message: 'no bowls' };
  expect(await find(orderId)).toMatchObject({ status: 'REJECTED', totalPrice: null, refusal });
  expect(world.log).toEqual([...asked.slice(0, 3), 'SOLD_OUT']);
});

test('a payment that is declined rejects the ticket, and refunds nothing', async () => {
  const { world, place, find } = await aWorld();
  const orderId = await place(2);
  await world.settled();
  expect(await find(orderId)).toMatchObject({
    status: 'REJECTED',
    totalPrice: 3_000,
    refusal: { step: 'Pay', code: 'REJECT_DURING_PAYMENT' },
  });
  expect(world.log).toEqual([...asked.slice(0, 5), 'REJECT_DURING_PAYMENT', 'RejectTicket', 'TicketRejected']);
});

test('a ticket that is withdrawn at the pivot refunds the payment, then rejects the ticket, then the order', async () => {
  const { world, place, find, payment } = await aWorld();
  const orderId = await place(5);
  await world.settled();
  expect(await find(orderId)).toMatchObject({
    status: 'REJECTED',
    totalPrice: 3_000,
    refusal: { step: 'ApproveTicket', code: 'WITHDRAWN' },
  });
  const undone = ['RefundPayment', 'PaymentRefunded', 'RejectTicket', 'TicketRejected'];
  expect(world.log).toEqual([...asked, 'WITHDRAWN', ...undone]);
  expect(payment.received(RefundPayment)).toEqual([{ orderId }]);
});

test('the price is there as soon as it is known, while the order is still PENDING', async () => {
  const { world, faults, place, find } = await aWorld();
  faults.loses = ({ topic }) => topic === Pay.topic;
  const orderId = await place();
  await world.settled();
  expect(await find(orderId)).toMatchObject({ status: 'PENDING', totalPrice: 3_000 });
});

test('orders that are placed at once end one by one, each with its own end', async () => {
  const { world, place, find } = await aWorld();
  const users = Array.from({ length: 60 }, (_, index) => index + 1);
  const orderIds = await Promise.all(users.map((userId) => place(userId)));
  await world.settled();
  const expected = (userId: number) => {
    if (userId % 3 === 0) return 'USER_ABNORMAL';
    if (userId % 2 === 0) return 'REJECT_DURING_PAYMENT';
    return userId % 5 === 0 ? 'WITHDRAWN' : 'APPROVED';
  };
  const ends = await Promise.all(orderIds.map(find));
  expect(ends.map(({ status, refusal }) => refusal?.code ?? status)).toEqual(users.map(expected));
});
