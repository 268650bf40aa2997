import { context, propagation, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { defaultDeadlineMs, Unprocessable } from 'saga-kit';
import { sagaTable, type ProducerRecord } from 'saga-kit/runtime';
import type { ServiceLiteral } from 'saga-kit/service';
import { FaultyBroker, worldWith, type World } from 'saga-kit/testing';
import { look } from '../src/conformance/transacting';
import { aShipping, shippingSaga, ShippingWork } from './a-shipping';
import { aShop, Pack, Unpack } from './a-shop';
import { tellers } from './a-teller';
import { aTracer, linked, spanOf, traceOf } from './a-tracer';

const tracer = aTracer();
let world: World;
let faults: FaultyBroker;
let sent: ProducerRecord[];
afterEach(() => world.close());

async function aWorld(...services: readonly ServiceLiteral[]): Promise<void> {
  sent = [];
  world = await worldWith({ broker: (real) => (faults = new FaultyBroker(real)) }, ...services);
  faults.fails = (records) => void sent.push(...records);
}

const minuteMs = 60_000;
const traceId = '0af7651916cd43dd8448eb211c80319c';
const parentId = 'b7ad6b7169203331';
const traceparent = `00-${traceId}-${parentId}-01`;
const tracesSent = () =>
  sent.map(({ headers }) => headers?.map(([name, value]) => [name, value.toString().slice(3, 35)]));
const pack = { target: 'SHIPPING', txId: 'tx-1' };

/** A command that comes with these headers. */
async function packWith(...headers: readonly (readonly [name: string, value: Buffer | null])[]): Promise<void> {
  await world.send(Pack.of({ item: 'a lamp', count: 1 }), { ...pack, headers });
  await world.settled();
}

test('without an SDK records have no header, whatever has come with what they answer', async () => {
  await aWorld(aShop().literal);
  await packWith(['traceparent', Buffer.from(traceparent)]);
  expect(sent).toHaveLength(1);
  expect(sent[0]).not.toHaveProperty('headers');
});

test('a message is handled in the trace that its headers name, and so is its answer sent', async () => {
  await aWorld(aShop(() => trace.getTracer('a-handler').startSpan('what a handler does').end()).literal);
  tracer.on();
  await packWith(['tracestate', Buffer.from('vendor=1')], ['traceparent', Buffer.from(traceparent)]);
  const [handled] = tracer.spans('process');
  expect(handled).toMatchObject({
    name: 'process shop',
    attributes: {
      'messaging.system': 'kafka',
      'messaging.destination.name': 'shop',
      'messaging.operation.name': 'process',
      'messaging.operation.type': 'process',
      'messaging.consumer.group.name': 'shop',
      'messaging.message.id': 'SHIPPING/tx-1/Pack',
      'saga-kit.target': 'SHIPPING',
      'saga-kit.tx_id': 'tx-1',
    },
    parentSpanContext: { traceId, spanId: parentId },
  });
  expect(tracer.spans('what a handler does')[0]!.parentSpanContext?.spanId).toBe(spanOf(handled!));
  const [answer] = sent;
  expect(answer?.headers?.map(([name, value]) => [name, value.toString()])).toEqual([
    ['traceparent', `00-${traceId}-${spanOf(handled!)}-01`],
    ['tracestate', 'vendor=1'],
  ]);
  expect(linked(tracer.spans('send')[0]!)).toEqual([spanOf(handled!)]);
  expect(linked(tracer.spans('transaction')[0]!)).toEqual([spanOf(handled!)]);
});

test.each<{ what: string; value: Buffer | null }>([
  { what: 'is null', value: null },
  { what: 'is empty', value: Buffer.from('') },
  { what: 'is text', value: Buffer.from("' or 1=1 --") },
  { what: 'is bytes', value: Buffer.from([0, 255, 254]) },
  { what: 'has no trace', value: Buffer.from(`00-${'0'.repeat(32)}-${parentId}-01`) },
  { what: 'has no span', value: Buffer.from(`00-${traceId}-${'0'.repeat(16)}-01`) },
  { what: 'is of the version that there is not', value: Buffer.from(`ff${traceparent.slice(2)}`) },
  { what: 'is too short', value: Buffer.from(traceparent.slice(0, -4)) },
  { what: 'goes on for ever', value: Buffer.from(`01${traceparent.slice(2)}-${'a'.repeat(100_000)}`) },
])('a traceparent that $what is ignored, and its message handled in a trace of its own', async ({ value }) => {
  const { literal, handled } = aShop();
  await aWorld(literal);
  tracer.on();
  await packWith(['traceparent', value]);
  expect(handled).toEqual(['a lamp']);
  const [span, ...others] = tracer.spans('process');
  expect(others).toEqual([]);
  expect(span!.parentSpanContext).toBeUndefined();
  expect(tracesSent()).toEqual([[['traceparent', traceOf(span!)]]]);
});

test('a try that fails says so, and no span says what was in a message or in an error', async () => {
  const fails = (item: string) => {
    if (item === 'a secret') throw new Error(`there is no place for ${item}`);
    if (item === 'another secret') throw new Unprocessable(`nobody packs ${item}`);
  };
  await aWorld(aShop(fails).literal);
  tracer.on();
  await world.send(Pack.of({ item: 'a secret', count: 1 }), pack);
  await world.send(Pack.of({ item: 'another secret', count: 1 }), { ...pack, txId: 'tx-2' });
  await world.settled();
  const ends = (txId: string) =>
    tracer
      .spans('process')
      .filter(({ attributes }) => attributes['saga-kit.tx_id'] === txId)
      .map(({ attributes }) => attributes['error.type']);
  expect(new Set(ends('tx-1').slice(0, -1))).toEqual(new Set(['retried']));
  expect(ends('tx-1').at(-1)).toBe('exhausted');
  expect(ends('tx-2')).toEqual(['unprocessable']);
  const told = tracer
    .spans()
    .map(({ name, attributes, events, links, status }) => JSON.stringify([name, attributes, events, links, status]));
  expect(told.filter((each) => each.includes('secret'))).toEqual([]);
});

test('neither baggage nor anything else that a propagator adds is sent on', async () => {
  const { First, TellWork, teller } = tellers();
  await aWorld(teller('speaker', [], {}));
  tracer.on();
  const baggage = propagation.createBaggage({ session: { value: 'a secret' } });
  await context.with(propagation.setBaggage(ROOT_CONTEXT, baggage), () =>
    world.work('speaker', TellWork).run(async ({ outbox }) => {
      outbox.add(pack, First.of({ text: 'now', hops: 0 }));
    }),
  );
  await world.settled();
  const [span] = tracer.spans('unit of work');
  expect(tracesSent()).toEqual([[['traceparent', traceOf(span!)]]]);
});

test('a unit of work is in the trace of who calls it, and its handler may begin spans in it', async () => {
  const { First, TellWork, teller } = tellers();
  await aWorld(teller('speaker', [], {}));
  tracer.on();
  const caller = trace.getTracer('a-caller').startSpan('a call');
  await context.with(trace.setSpan(ROOT_CONTEXT, caller), () =>
    world.work('speaker', TellWork).run(async ({ outbox }) => {
      outbox.add(pack, First.of({ text: 'now', hops: 0 }));
      trace.getTracer('a-handler').startSpan('what a handler does').end();
    }),
  );
  const [span] = tracer.spans('unit of work');
  expect(span!.parentSpanContext?.spanId).toBe(caller.spanContext().spanId);
  expect(tracer.spans('what a handler does')[0]!.parentSpanContext?.spanId).toBe(spanOf(span!));
});

test('an event that leaves later leaves in the trace that it was added in, after a crash too', async () => {
  const { First, TellWork, teller } = tellers();
  const speaker = teller('speaker', [], {});
  await aWorld(speaker);
  tracer.on();
  await world.work('speaker', TellWork).run(async ({ outbox, clock }) => {
    outbox.add(pack, First.of({ text: 'later', hops: 0 }), { at: new Date(clock.now().getTime() + minuteMs) });
  });
  await world.crash('speaker');
  await world.start(speaker);
  await world.pass(2 * minuteMs);
  expect(tracesSent()).toEqual([[['traceparent', traceOf(tracer.spans('unit of work')[0]!)]]]);
});

test('what a saga sends when nobody has answered is in the trace that it had asked in', async () => {
  await aWorld(aShipping(), aShop().literal);
  faults.loses = ({ topic }) => topic === Pack.reply.topic;
  tracer.on();
  await world
    .work('shipping', ShippingWork)
    .run(({ sagas }) => sagas.begin(shippingSaga, 'tx-1', { item: 'a lamp', count: 1 }));
  await world.settled();
  const begun = traceOf(tracer.spans('unit of work')[0]!);
  const [row] = await look(world.storesOf('shipping'), sagaTable, ['SHIPPING/tx-1']);
  expect(row?.traceparent?.slice(3, 35)).toBe(begun);
  await world.pass(defaultDeadlineMs + 10_000);
  expect(world.log).toContain(Unpack.name);
  expect(new Set(tracesSent().map((each) => JSON.stringify(each)))).toEqual(
    new Set([JSON.stringify([['traceparent', begun]])]),
  );
});

test('what an operator has a saga send stays in the trace of the saga', async () => {
  await aWorld(aShipping(), aShop().literal);
  faults.loses = ({ topic }) => topic === Pack.reply.topic;
  tracer.on();
  await world
    .work('shipping', ShippingWork)
    .run(({ sagas }) => sagas.begin(shippingSaga, 'tx-1', { item: 'a lamp', count: 1 }));
  await world.settled();
  const { sagas } = world.service('shipping').operators;
  const { version } = (await sagas.show('SHIPPING', 'tx-1'))!;
  const request = { who: 'Ada', reason: 'the shop is back', version };
  expect(await sagas.act('compensate', 'SHIPPING', 'tx-1', request)).toMatchObject({ outcome: 'done' });
  await world.settled();
  expect(world.log).toContain(Unpack.name);
  const begun = traceOf(tracer.spans('unit of work')[0]!);
  expect(new Set(tracesSent().map((each) => JSON.stringify(each)))).toEqual(
    new Set([JSON.stringify([['traceparent', begun]])]),
  );
});
