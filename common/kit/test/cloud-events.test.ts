import { CloudEvent, Kafka } from 'cloudevents';
import type { ProducerRecord } from 'saga-kit/runtime';
import type { ServiceLiteral } from 'saga-kit/service';
import { FaultyBroker, stub, worldWith, type World } from 'saga-kit/testing';
import { aShipping, Carry, shippingSaga, ShippingWork } from './a-shipping';
import { aShop, Pack } from './a-shop';
import { tellers } from './a-teller';
import { aTracer } from './a-tracer';

const tracer = aTracer();
let world: World;
let faults: FaultyBroker;
let sent: ProducerRecord[];
afterEach(() => world.close());

async function aWorld(cloudEvents: boolean, ...services: readonly ServiceLiteral[]): Promise<void> {
  sent = [];
  world = await worldWith({ cloudEvents, broker: (real) => (faults = new FaultyBroker(real)) }, ...services);
  faults.fails = (records) => void sent.push(...records);
}

/** As somebody has it who knows nothing but CloudEvents. Throws for what is none. */
function eventOf({ key, value, headers = [] }: ProducerRecord): CloudEvent<Buffer> {
  const byName = Object.fromEntries(headers.map(([name, content]) => [name, content.toString()]));
  const message = { key, value, body: value, headers: byName };
  const event = Kafka.toEvent<Buffer>(message);
  if (!(event instanceof CloudEvent)) throw new Error('it is several');
  event.validate();
  return event;
}
const typesSent = () => sent.map((record) => eventOf(record).type);
const pack = { target: 'SHIPPING', txId: 'tx-1' };
const parcel = { item: 'a lamp', count: 1 };
const tooHeavy = stub('carrier', [Carry]).on(Carry, () => ({
  code: 'TOO_HEAVY' as const,
  errorMessage: 'nobody lifts it',
}));

test('each record is a CloudEvent: its attributes are what the envelope says, its data is the value', async () => {
  await aWorld(true, aShipping(), aShop().literal, tooHeavy);
  await world.work('shipping', ShippingWork).run(({ sagas }) => sagas.begin(shippingSaga, 'tx-1', parcel));
  await world.settled();
  const told = sent.map(eventOf).map(({ source, type, id, time }) => [source, type, id, time]);
  const ids = world.messages.all().map(({ envelope }) => [envelope.id, envelope.occurredAt.toISOString()]);
  expect(told).toEqual([
    ['shipping', 'shop.Pack', ...ids[0]!],
    ['shop', 'shop.Packed', ...ids[1]!],
    ['shipping', 'carrier.Carry', ...ids[2]!],
    ['carrier', 'saga.ErrorEventMessage', ...ids[3]!],
    ['shipping', 'shop.Unpack', ...ids[4]!],
    ['shop', 'shop.Unpacked', ...ids[5]!],
  ]);
  for (const record of sent) {
    expect(eventOf(record)).toMatchObject({ datacontenttype: 'application/avro', data: record.value });
    expect(record.headers).toContainEqual(['ce_specversion', Buffer.from('1.0')]); // the SDK does not miss it
  }
});

test('an answer that is given again is the same CloudEvent', async () => {
  await aWorld(true, aShop().literal);
  for (let times = 0; times < 2; times++) {
    await world.send(Pack.of(parcel), pack);
    await world.settled();
  }
  const [first, second] = sent.map(eventOf);
  expect(second).toEqual(first);
  expect(first).toMatchObject({ type: 'shop.Packed', id: 'SHIPPING/tx-1/Pack/answer' });
});

test('an event that leaves later is one, also when its service was started again, and so is one that is in a trace', async () => {
  const { First, TellWork, teller } = tellers();
  const speaker = teller('speaker', [], {});
  await aWorld(true, speaker);
  tracer.on();
  const occurredAt = new Date(world.clock.now().getTime() + 60_000);
  await world.work('speaker', TellWork).run(async ({ outbox }) => {
    outbox.add(pack, First.of({ text: 'later', hops: 0 }), { at: occurredAt });
  });
  await world.crash('speaker');
  await world.start(speaker);
  await world.pass(120_000);
  expect(sent.map(eventOf)).toMatchObject([{ type: 'tale.First', time: occurredAt.toISOString() }]);
  expect(sent[0]!.headers![0]![0]).toBe('traceparent');
});

test('what the broker has refused for a while is sent as the CloudEvent that it was, each header once', async () => {
  await aWorld(true, aShop().literal);
  faults.verdict = () => ({ status: 'refused', reason: 'too large' });
  await world.send(Pack.of(parcel), pack);
  await world.pass(1_000);
  faults.verdict = () => undefined;
  await world.pass(600_000);
  await world.settled();
  expect(new Set(typesSent())).toEqual(new Set(['shop.Packed']));
  expect(sent.length).toBeGreaterThan(1);
  expect(sent.at(-1)!.headers).toEqual(sent[0]!.headers);
});

test('nobody who has not asked for it gets a header', async () => {
  await aWorld(false, aShop().literal);
  await world.send(Pack.of(parcel), pack);
  await world.settled();
  expect(sent).toHaveLength(1);
  expect(sent[0]).not.toHaveProperty('headers');
});
