import { ApproveTicket, CheckUser, CreateTicket, Pay } from '@saga-kit/contracts';
import { defaultDeadlineMs, defaultRetryAfterMs } from 'saga-kit';
import fc from 'fast-check';
import { CancelOrder } from '../src/application/cancel-order';
import { anOrderWorld, worlds } from './an-order-world';

const aWorld = worlds();
type TheWorld = Awaited<ReturnType<typeof aWorld>>;
const cancel = ({ world }: TheWorld, orderId: string) => world.get('order', CancelOrder).execute(orderId);
const undos = ({ world }: TheWorld) => world.log.filter((name) => ['RefundPayment', 'RejectTicket'].includes(name));

describe.each([
  { at: CheckUser, undone: [] },
  { at: CreateTicket, undone: ['RejectTicket'] },
  { at: Pay, undone: ['RefundPayment', 'RejectTicket'] },
])('while $at.name is on its way', ({ at, undone }) => {
  test.each(['command', 'reply'])('a customer cancels, and nobody waits for the %s any more', async (lost) => {
    const the = await aWorld();
    the.faults.loses = ({ topic }) => topic === (lost === 'command' ? at.topic : at.reply.topic);
    const orderId = await the.place();
    await the.world.settled();
    expect(await cancel(the, orderId)).toMatchObject({ accepted: true });
    await the.world.settled();
    expect(await the.find(orderId)).toMatchObject({
      status: 'REJECTED',
      refusal: { step: at.name, code: 'CANCELLED_BY_CUSTOMER', message: 'the customer has cancelled' },
    });
    expect(undos(the)).toEqual(undone);
    expect(await cancel(the, orderId)).toMatchObject({ accepted: true, order: { status: 'REJECTED' } });
    await the.world.pass(2 * defaultDeadlineMs);
    expect(undos(the)).toEqual(undone);
  });
});

test('a command that arrives after its cancellation does nothing', async () => {
  const the = await aWorld();
  the.faults.hold();
  const orderId = await the.place();
  await cancel(the, orderId);
  the.faults.release();
  await the.world.settled();
  expect(await the.find(orderId)).toMatchObject({ status: 'REJECTED', refusal: { step: 'CheckUser' } });
  expect(the.kitchen.received(CreateTicket)).toEqual([]);
});

test('from the pivot on it is too late, and the order is approved', async () => {
  const the = await aWorld();
  the.faults.loses = ({ topic }) => topic === ApproveTicket.reply.topic;
  const orderId = await the.place();
  await the.world.settled();
  expect(await cancel(the, orderId)).toMatchObject({ accepted: false, order: { status: 'PENDING' } });
  the.faults.loses = () => false;
  await the.world.pass(defaultRetryAfterMs * 2);
  await the.world.settled();
  expect(await the.find(orderId)).toMatchObject({ status: 'APPROVED' });
  expect(await cancel(the, orderId)).toMatchObject({ accepted: false, order: { status: 'APPROVED' } });
  expect(undos(the)).toEqual([]);
});

test('an order that was refused stays refused for that reason', async () => {
  const the = await aWorld();
  const orderId = await the.place(2);
  await the.world.settled();
  const order = { status: 'REJECTED', refusal: { code: 'REJECT_DURING_PAYMENT' } };
  expect(await cancel(the, orderId)).toMatchObject({ accepted: false, order });
});

test('nobody can cancel what nobody has placed', async () => {
  const the = await aWorld();
  expect(await cancel(the, 'nothing')).toBeUndefined();
});

test('whenever two customers cancel at once, an order is approved and nothing undone, or all of it is undone once', async () => {
  const turns = fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 4, maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(turns, async (counts) => {
      const the = await anOrderWorld();
      try {
        const customers = counts.map(async (count) => {
          const orderId = await the.place();
          for (let turn = 0; turn < count; turn++) await new Promise<void>((next) => setImmediate(next));
          const both = await Promise.all([cancel(the, orderId), cancel(the, orderId)]);
          return { orderId, accepted: both.map((each) => each!.accepted) };
        });
        const cancelled = await Promise.all([Promise.all(customers), the.world.settled()]).then(([each]) => each);
        await the.world.settled();
        for (const { orderId, accepted } of cancelled) {
          const { status, refusal } = await the.find(orderId);
          expect(status).toBe(accepted.includes(true) ? 'REJECTED' : 'APPROVED');
          expect(refusal?.code).toBe(accepted.includes(true) ? 'CANCELLED_BY_CUSTOMER' : undefined);
          expect(accepted[0]).toBe(accepted[1]);
          const sent = the.world.messages.all().filter(({ envelope }) => envelope.txId === orderId);
          const count = (name: string) => sent.filter((each) => each.name === name).length;
          expect(count('RejectTicket')).toBe(count('CreateTicket') * Number(status === 'REJECTED'));
          expect(count('RefundPayment')).toBe(count('Pay') * Number(status === 'REJECTED'));
        }
      } finally {
        await the.world.close();
      }
    }),
    { numRuns: 5 },
  );
});
