import {
  ApproveTicket,
  CheckUser,
  CreateTicket,
  Pay,
  PaymentRefunded,
  RefundPayment,
  TicketCreated,
} from '@saga-kit/contracts';
import { PaymentApproved, UserChecked } from '@saga-kit/contracts';
import { defaultRetryAfterMs, defaultDeadlineMs } from 'saga-kit';
import { order } from '../src/module';
import { worlds } from './an-order-world';

const aWorld = worlds();
const count = (log: readonly string[], name: string) => log.filter((each) => each === name).length;

describe.each([
  { silent: CheckUser, undone: [] },
  { silent: CreateTicket, undone: ['RejectTicket'] },
  { silent: Pay, undone: ['RefundPayment', 'RejectTicket'] },
])('a step of the preparation that nobody answers: $silent.name', ({ silent, undone }) => {
  const ended = { status: 'REJECTED', refusal: { step: silent.name, code: 'DEADLINE_EXCEEDED' } };

  test.each([
    { lost: 'the command', topic: silent.topic },
    { lost: 'the reply', topic: silent.reply.topic },
  ])('is given up at its deadline and undone, with all before it ($lost is lost)', async ({ topic }) => {
    const { world, faults, place, find } = await aWorld();
    faults.loses = (record) => record.topic === topic;
    const orderId = await place();
    await world.settled();
    expect(await find(orderId)).toMatchObject({ status: 'PENDING' });
    await world.pass(defaultDeadlineMs);
    await world.settled();
    expect(await find(orderId)).toMatchObject(ended);
    expect(world.log.filter((name) => ['RefundPayment', 'RejectTicket'].includes(name))).toEqual(undone);
  });

  test('is given up also when the service was started again meanwhile', async () => {
    const { world, faults, place, find } = await aWorld();
    faults.loses = (record) => record.topic === silent.topic;
    const orderId = await place();
    await world.settled();
    await world.stop('order');
    await world.pass(defaultDeadlineMs);
    await world.start(order);
    await world.settled();
    expect(await find(orderId)).toMatchObject(ended);
  });
});

test.each([
  { late: UserChecked, payload: { userId: 1 }, command: CheckUser },
  { late: TicketCreated, payload: { ticketId: 't', prices: [] }, command: CreateTicket },
  { late: PaymentApproved, payload: { paymentId: 'p' }, command: Pay },
])('$late.name that comes after its step was given up changes nothing', async ({ late, payload, command }) => {
  const { world, faults, place, find } = await aWorld();
  faults.loses = ({ topic }) => topic === command.topic;
  const orderId = await place();
  await world.settled();
  await world.pass(defaultDeadlineMs);
  await world.settled();
  const before = await find(orderId);
  const causationId = `ORDER_CREATION/${orderId}/${command.name}`;
  await world.send((late.of as (payload: unknown) => never)(payload), {
    target: 'ORDER_CREATION',
    txId: orderId,
    id: `${causationId}/answer`,
    causationId,
  });
  await world.settled();
  expect(await find(orderId)).toEqual(before);
  const story = await world.storesOf('order').sagaStore.history('ORDER_CREATION', orderId);
  expect(story.at(-1)).toMatchObject({ type: late.name, awaited: false, times: 1 });
});

test('a pivot that nobody answers is asked again until somebody does, and is never undone', async () => {
  const { world, faults, place, find } = await aWorld();
  faults.loses = ({ topic }) => topic === ApproveTicket.topic;
  const orderId = await place();
  await world.settled();
  await world.pass(defaultRetryAfterMs * 7); // 5 s, then 10 s, then 20 s
  const story = await world.storesOf('order').sagaStore.history('ORDER_CREATION', orderId);
  expect(story.at(-1)).toMatchObject({ type: 'ApproveTicket', direction: 'sent', times: 4 });
  expect(await find(orderId)).toMatchObject({ status: 'PENDING' });
  faults.loses = () => false;
  await world.pass(defaultRetryAfterMs * 8);
  await world.settled();
  expect(await find(orderId)).toMatchObject({ status: 'APPROVED' });
  expect(count(world.log, 'RefundPayment')).toBe(0);
});

test('a pivot whose answer is lost is answered the same when it is asked again', async () => {
  const { world, faults, place, find, kitchen } = await aWorld();
  faults.loses = ({ topic }) => topic === ApproveTicket.reply.topic;
  const orderId = await place();
  await world.settled();
  faults.loses = () => false;
  await world.pass(defaultRetryAfterMs);
  await world.settled();
  expect(await find(orderId)).toMatchObject({ status: 'APPROVED' });
  expect(kitchen.received(ApproveTicket)).toHaveLength(1);
});

test.each([
  { undo: RefundPayment, lost: 'the undo', topic: RefundPayment.topic },
  { undo: RefundPayment, lost: 'its reply', topic: PaymentRefunded.topic },
])('an undo that is not answered is asked again, and nothing before it is undone first ($lost is lost)', async (at) => {
  const { world, faults, place, find, payment } = await aWorld();
  faults.loses = ({ topic }) => topic === at.topic;
  const orderId = await place(5);
  await world.settled();
  await world.pass(defaultRetryAfterMs * 3);
  expect(await find(orderId)).toMatchObject({ status: 'PENDING' });
  expect(count(world.log, 'RejectTicket')).toBe(0);
  faults.loses = () => false;
  await world.pass(defaultRetryAfterMs * 4);
  await world.settled();
  expect(await find(orderId)).toMatchObject({ status: 'REJECTED', refusal: { code: 'WITHDRAWN' } });
  expect(payment.received(RefundPayment)).toHaveLength(1);
  expect(count(world.log, 'RejectTicket')).toBe(1);
});

test('answers that came while the service was down count, however late it comes to read them', async () => {
  const { world, faults, place, find } = await aWorld();
  const orderId = await place();
  await world.stop('order'); // its command is on its way, the answer waits in the topic
  await world.settled();
  await world.pass(defaultDeadlineMs * 2);
  faults.hold();
  await world.start(order);
  await world.pass(10_000);
  expect(await find(orderId)).toMatchObject({ status: 'PENDING' });
  faults.release();
  await world.settled();
  expect(await find(orderId)).toMatchObject({ status: 'APPROVED' });
});

test('an answer that names another command than the awaited one changes nothing', async () => {
  const { world, faults, place, find } = await aWorld();
  faults.loses = ({ topic }) => topic === Pay.topic;
  const orderId = await place();
  await world.settled();
  const process = { target: 'ORDER_CREATION', txId: orderId, id: 'forged' };
  const another = `ORDER_CREATION/${orderId}/CheckUser`;
  await world.send(PaymentApproved.of({ paymentId: 'p' }), { ...process, causationId: another });
  await world.settled();
  expect(world.log).not.toContain('ApproveTicket');
  expect(await find(orderId)).toMatchObject({ status: 'PENDING' });
});

test('an answer to a saga that nobody has begun is kept, and troubles nobody', async () => {
  const { world, place, find } = await aWorld();
  const unknown = 'ORDER_CREATION/nobody/Pay';
  const record = await world.send(PaymentApproved.of({ paymentId: 'p' }), {
    target: 'ORDER_CREATION',
    txId: 'nobody',
    id: `${unknown}/answer`,
    causationId: unknown,
  });
  world.put(record);
  const orderId = await place();
  await world.settled();
  expect(await find(orderId)).toMatchObject({ status: 'APPROVED' });
  const story = await world.storesOf('order').sagaStore.history('ORDER_CREATION', 'nobody');
  expect(story).toMatchObject([{ type: 'PaymentApproved', awaited: false, times: 2 }]);
});
