import { CheckUser, PaymentApproved } from '@saga-kit/contracts';
import { isSpanContextValid } from '@opentelemetry/api';
import { FaultyBroker, faultyStores, type Commits, type World } from 'saga-kit/testing';
import { aTracer, linked, spanOf, traceOf } from '../../common/kit/test/a-tracer';
import { services } from '../src/services';
import { theSystem } from './the-system';

const tracer = aTracer();
let world: World;
afterEach(() => world.close());

const literalOf = (name: string) => services.find((each) => each.name === name)!;

/** The system, on a broker that does not take what is on these topics. */
async function aSystem() {
  let faults: FaultyBroker | undefined;
  let commits: Commits = () => undefined;
  const system = await theSystem({
    broker: (real) => (faults = new FaultyBroker(real)),
    stores: (stores) => faultyStores(stores, (...of) => commits(...of)),
  });
  world = system.world;
  await world.settled();
  const away = (...topics: readonly string[]) => {
    faults!.fails = (records) => (records.some(({ topic }) => topics.includes(topic)) ? 'before' : undefined);
  };
  const commit = (how: Commits) => (commits = how);
  return { ...system, away, commit, place: () => system.place({ userId: 1, productId: 1, quantity: 2 }) };
}

const handledIds = () => tracer.spans('process').map(({ attributes }) => attributes['messaging.message.id']);
const messageIds = () => world.messages.all().map(({ envelope }) => envelope.id);

/** Every message was handled in one trace, by a span whose parent is a span of it too. */
function expectOneTrace(): void {
  const [begun, ...others] = tracer.spans('unit of work').filter(({ attributes }) => attributes['saga-kit.service']);
  expect(others).toEqual([]);
  const handled = tracer.spans('process');
  expect(new Set(handled.map(traceOf))).toEqual(new Set([traceOf(begun!)]));
  const known = new Set([begun!, ...handled].map(spanOf));
  expect(handled.filter(({ parentSpanContext }) => !known.has(parentSpanContext!.spanId))).toEqual([]);
  expect(handledIds().sort()).toEqual(messageIds().sort());
  expect(new Set(handled.map(({ attributes }) => attributes['messaging.consumer.group.name']))).toEqual(
    new Set(['order', 'user', 'kitchen', 'payment']),
  );
}

test('an order is one trace over four services, with a span for each message that is handled', async () => {
  const { place, ends } = await aSystem();
  tracer.on();
  const orderId = await place();
  await world.settled();
  expect(await ends([orderId])).toEqual(['APPROVED']);
  expectOneTrace();
});

test('the trace goes on after crashes between a commit and its sending, in another instance too', async () => {
  const { place, ends, away } = await aSystem();
  tracer.on();
  away(CheckUser.topic, PaymentApproved.topic);
  const orderId = await place();
  await world.pass(1_000);
  expect(world.log).toEqual([]);
  await world.crash('order');
  away(PaymentApproved.topic);
  await world.start(literalOf('order'), 'order-2');
  await world.pass(30_000);
  expect(world.log.at(-1)).toBe('Pay');
  await world.crash('payment');
  away();
  await world.start(literalOf('payment'));
  await world.pass(30_000);
  await world.settled();
  expect(await ends([orderId])).toEqual(['APPROVED']);
  expectOneTrace();
});

test('handlers that are run anew, for rows that they share or for a deadlock, are one span each', async () => {
  const { place, ends, commit } = await aSystem();
  tracer.on();
  let commits = 0;
  commit(() => (++commits % 3 === 0 ? 'conflict' : undefined));
  const placing = Promise.all(Array.from({ length: 20 }, place));
  await world.settled();
  expect(new Set(await ends(await placing))).toEqual(new Set(['APPROVED']));
  expect(handledIds().sort()).toEqual(messageIds().sort());
});

test('what a transaction has shared, and what was sent together, is linked', async () => {
  const { place } = await aSystem();
  tracer.on();
  await Promise.all([place(), place(), place()]);
  await world.settled();
  const begun = tracer.spans('unit of work');
  expect(begun).toHaveLength(3);
  const [first] = tracer.spans('transaction');
  expect(linked(first!).sort()).toEqual(begun.map(spanOf).sort());
  const [sent] = tracer.spans('send');
  expect(sent).toMatchObject({
    name: `send ${CheckUser.topic}`,
    attributes: {
      'messaging.system': 'kafka',
      'messaging.destination.name': CheckUser.topic,
      'messaging.operation.type': 'send',
      'messaging.batch.message_count': 3,
    },
  });
  expect(linked(sent!).sort()).toEqual(begun.map(spanOf).sort());
  for (const { links } of tracer.spans('send'))
    expect(links.length > 0 && links.every((link) => isSpanContextValid(link.context))).toBe(true);
});
