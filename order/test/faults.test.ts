import { CheckUser, CreateTicket, Pay } from '@saga-kit/contracts';
import { defaultDeadlineMs } from 'saga-kit';
import { faultyStores, type CommitFault, type Commits } from 'saga-kit/testing';
import { order } from '../src/module';
import { worlds } from './an-order-world';

const aWorld = worlds();

/** Orders of one user, 20 of them, among faults. */
async function twentyOrders(the: Awaited<ReturnType<typeof aWorld>>): Promise<string[]> {
  const placing = Promise.all(Array.from({ length: 20 }, () => the.place()));
  await the.world.settled();
  return placing;
}

async function expectAllApproved(the: Awaited<ReturnType<typeof aWorld>>, orderIds: readonly string[]): Promise<void> {
  for (const orderId of orderIds) expect(await the.find(orderId)).toMatchObject({ status: 'APPROVED' });
  for (const service of ['order', 'user', 'kitchen', 'payment']) {
    const { outbox } = the.world.storesOf(service);
    for (const { producer } of await outbox.all()) expect(await outbox.unsent(producer, 10)).toEqual([]);
  }
  for (const command of [CheckUser, CreateTicket, Pay]) {
    const asked = the.world.messages.all().filter(({ name }) => name === command.name);
    expect(new Set(asked.map(({ envelope }) => envelope.id as string)).size).toBe(orderIds.length);
  }
}

describe.each<{ what: string; fault: CommitFault }>([
  { what: 'whose answer is lost though it was done', fault: 'lost after' },
  { what: 'that is lost before it was done', fault: 'lost' },
  { what: 'that runs into a deadlock', fault: 'conflict' },
  { what: 'that meets a row that is there already', fault: 'duplicate' },
  { what: 'that the database refuses', fault: 'refused' },
])('a commit $what', ({ fault }) => {
  const services = ['user', 'kitchen', 'payment', ...(fault === 'refused' ? [] : ['order'])]; // a call is told of its refusal
  test.each(services)('in %s loses nothing and does nothing twice', async (service) => {
    let commits = 0;
    const everySecond: Commits = () => (++commits % 2 === 1 && commits < 40 ? fault : undefined);
    const the = await aWorld({
      stores: (stores, name) => (name === service ? faultyStores(stores, everySecond) : stores),
    });
    const orderIds = [...(await twentyOrders(the)), ...(await twentyOrders(the))];
    await expectAllApproved(the, orderIds);
    expect(commits).toBeGreaterThan(1);
  });
});

test.each(['before', 'after'] as const)(
  'a send that fails %s it was written, with more behind it, is sent again first; each order keeps its order',
  async (how) => {
    const the = await aWorld();
    let sends = 0;
    the.faults.fails = () => (++sends % 2 === 0 ? how : undefined);
    const orderIds = await twentyOrders(the);
    await expectAllApproved(the, orderIds);
    for (const orderId of orderIds) {
      const story = the.world.messages.all().filter(({ envelope }) => envelope.txId === orderId);
      const names = [...new Set(story.map(({ name }) => name))];
      expect(names).toEqual([
        'CheckUser',
        'UserChecked',
        'CreateTicket',
        'TicketCreated',
        'Pay',
        'PaymentApproved',
        'ApproveTicket',
        'TicketApproved',
      ]);
    }
  },
);

test('a broker that is away for a while loses nothing: what was committed is sent when it is back', async () => {
  const the = await aWorld();
  the.faults.fails = () => 'before';
  const orderId = await the.place();
  await the.world.pass(30_000);
  expect(the.world.service('order').health()).toEqual({
    ready: false,
    reasons: ['the broker does not answer: the test lets this publish fail before it is written'],
  });
  expect(the.world.log).toEqual([]);
  the.faults.fails = () => undefined;
  await the.world.pass(10_000);
  await the.world.settled();
  await expectAllApproved(the, [orderId]);
  expect(the.world.service('order').health().ready).toBe(true);
});

test('an outage of the broker that is longer than a deadline does not turn into a refusal', async () => {
  const the = await aWorld();
  the.faults.fails = (records) => (records.some(({ topic }) => topic === Pay.topic) ? 'before' : undefined);
  const orderId = await the.place();
  await the.world.pass(200_000);
  the.faults.fails = () => undefined;
  await the.world.pass(10_000);
  await the.world.settled();
  await expectAllApproved(the, [orderId]);
});

/** The broker takes messages again, and nobody has been handed any yet; the order's deadline is long over. */
async function afterALongOutage() {
  const the = await aWorld();
  the.faults.fails = (records) => (records.some(({ topic }) => topic === Pay.topic) ? 'before' : undefined);
  const orderId = await the.place();
  await the.world.pass(defaultDeadlineMs * 3);
  the.faults.hold();
  the.faults.fails = () => undefined;
  return { the, orderId };
}

test('participants that come back a while after the broker are in time, however late it is', async () => {
  const { the, orderId } = await afterALongOutage();
  await the.world.pass(10_000);
  the.faults.release();
  await the.world.settled();
  await expectAllApproved(the, [orderId]);
});

test('an outage in the time that is given after an outage begins that time anew', async () => {
  const { the, orderId } = await afterALongOutage();
  await the.world.pass(9_000);
  expect(the.world.service('order').health().ready).toBe(true);
  the.faults.fails = () => 'before';
  const another = await the.place();
  await the.world.pass(1_000);
  the.faults.fails = () => undefined;
  await the.world.pass(9_000);
  the.faults.release();
  await the.world.settled();
  await expectAllApproved(the, [orderId, another]);
});

test('what a process committed and did not live to send is sent by its next life, before anything else', async () => {
  const the = await aWorld();
  the.faults.fails = () => 'before';
  const orderId = await the.place();
  await the.world.crash('order');
  the.faults.fails = () => undefined;
  await the.world.start(order);
  await the.world.settled();
  await expectAllApproved(the, [orderId]);
});

test('what another instance committed and did not live to send is sent by whoever is alive', async () => {
  const the = await aWorld();
  const { outbox } = the.world.storesOf('order');
  the.faults.fails = () => 'before';
  const orderId = await the.place();
  await the.world.crash('order');
  the.faults.fails = () => undefined;
  await the.world.start(order, 'order-2');
  expect(await outbox.all()).toContainEqual(expect.objectContaining({ instance: 'order-1' }));
  await the.world.pass(15_000);
  await the.world.settled();
  await expectAllApproved(the, [orderId]);
  expect(await outbox.all()).not.toContainEqual(expect.objectContaining({ instance: 'order-1' }));
});
