import { Type, types } from 'avsc';
import { anEnvelope, codecOf, PaperRegistry, wired } from '../../test/paper-registry';
import { aTrip, BookFlight, CancelFlight, FlightBooked, FlightCancelled, RoomBooked } from '../../test/trip';
import { Codec, UnknownSchemaId } from './codec';
import { targetSchema } from './envelope-schema';
import { RegistryUnavailable } from './schema-registry';
import { UndecodableMessage } from './undecodable-message';

const air = [BookFlight, CancelFlight];
const { topic } = BookFlight;
const booking = BookFlight.of(aTrip).payload;
let registry: PaperRegistry;
beforeEach(() => (registry = new PaperRegistry()));

/** Why a value cannot be decoded. */
function reasonOf(codec: Codec, value: Buffer | null, on = topic): string {
  try {
    return codec.decode(on, value) ? 'none' : 'not for us';
  } catch (error) {
    if (error instanceof UndecodableMessage) return error.reason;
    if (error instanceof UnknownSchemaId) return `unknown id ${error.schemaId}`;
    throw error;
  }
}

test('a message survives the wire, and comes with its contract', async () => {
  const codec = await codecOf(registry, air);
  const { type, contract, envelope } = codec.decode(topic, codec.encode(BookFlight, anEnvelope, booking))!;
  expect({ type, contract }).toEqual({ type: 'BookFlight', contract: BookFlight });
  expect(envelope).toEqual({ ...anEnvelope, message: booking });
});

test('a refusal survives the wire, and comes without a contract', async () => {
  const codec = await codecOf(registry, air, [{ topic: 'air-to-trip', contract: undefined }]);
  const refusal = BookFlight.refuse('NO_SEAT', 'all taken');
  const decoded = codec.decode('air-to-trip', codec.encodeRefusal('air-to-trip', anEnvelope, refusal));
  expect(decoded).toEqual({ type: 'ErrorEventMessage', envelope: { ...anEnvelope, ...refusal } });
});

test('two commands on one topic are told apart by their schemas alone', async () => {
  const codec = await codecOf(registry, air);
  const cancel = CancelFlight.of({ tripId: 't1', flightId: null });
  expect(codec.decode(topic, codec.encode(CancelFlight, anEnvelope, cancel.payload))?.type).toBe('CancelFlight');
  expect(codec.decode(topic, codec.encode(BookFlight, anEnvelope, booking))?.type).toBe('BookFlight');
});

test('a value is a zero byte, the schema id and an Avro body that any client of a registry can read', async () => {
  registry.schemas.push(...Array<string>(258).fill('"string"'));
  const codec = await codecOf(registry, air);
  const value = codec.encode(CancelFlight, anEnvelope, { tripId: 't1', flightId: 'f1' });
  const id = 1 + registry.schemas.findIndex((schema) => schema.includes('saga.air.CancelFlight'));
  expect([...value.subarray(0, 5)]).toEqual([0, 0, 0, id >> 8, id & 255]);
  const stock = Type.forSchema(JSON.parse(registry.schemas[id - 1]!) as 'string');
  const read = stock.fromBuffer(value.subarray(5)) as Record<string, unknown>;
  expect(read).toEqual({
    ...anEnvelope,
    occurredAt: anEnvelope.occurredAt.getTime(),
    message: { tripId: 't1', flightId: 'f1' },
  });
});

test('a command that is fed from other names is written under the same schema', async () => {
  const codec = await codecOf(registry, air);
  const { contract, payload } = CancelFlight.with((tripId: string) => ({ tripId, flightId: null })).of('t1');
  const fed = codec.encode(contract, anEnvelope, payload);
  expect(fed).toEqual(codec.encode(CancelFlight, anEnvelope, { tripId: 't1', flightId: null }));
});

test('a service does not start without the schemas that it writes with, and says which', async () => {
  const schemas = [targetSchema(BookFlight), targetSchema(FlightBooked)] as const;
  const sends = new Map([
    ['b-subject', schemas[0]],
    ['a-subject', schemas[1]],
  ]);
  const codec = new Codec(registry, { monotonicMs: () => 0 });
  await expect(codec.warm({ sends, listens: [] })).rejects.toThrow('not registered: a-subject, b-subject;');
});

test('what a service does not say that it sends, it cannot send', async () => {
  const codec = await codecOf(registry, air);
  expect(() => codec.encode(RoomBooked, anEnvelope, { room: 1 })).toThrow(
    'hotel-to-trip-saga.hotel.RoomBooked.TargetEventMessage is not among what this service says it sends',
  );
});

test.each([
  ['no value', null, 'empty'],
  ['an empty value', Buffer.alloc(0), 'empty'],
  ['two bytes', Buffer.from([0, 1]), 'not-avro'],
  ['four bytes', Buffer.alloc(4), 'not-avro'],
  ['text', Buffer.from('{"orderId":1}'), 'not-avro'],
  ['the schema id 0', wired(0), 'unknown-schema'],
  ['a negative schema id', wired(-7), 'unknown-schema'],
])('%s cannot be decoded, and nobody is asked about it', async (_, value, reason) => {
  expect(reasonOf(await codecOf(registry, air), value)).toBe(reason);
});

test('a value that ends anywhere too early, or too late, is corrupt', async () => {
  const codec = await codecOf(registry, air);
  const value = codec.encode(BookFlight, anEnvelope, booking);
  for (let bytes = 5; bytes < value.length; bytes++) expect(reasonOf(codec, value.subarray(0, bytes))).toBe('corrupt');
  expect(reasonOf(codec, value)).toBe('none');
  expect(reasonOf(codec, Buffer.concat([value, Buffer.from([0])]))).toBe('corrupt');
});

test('what is not listened to on this topic is not for us, whatever it is', async () => {
  const codec = await codecOf(registry, [...air, FlightBooked, FlightCancelled], [{ topic, contract: BookFlight }]);
  const strangers = [
    codec.encode(CancelFlight, anEnvelope, { tripId: 't1', flightId: null }),
    codec.encode(FlightBooked, anEnvelope, { flightId: 'f1', price: 1 }),
    codec.encodeRefusal('air-to-trip', anEnvelope, BookFlight.refuse('NO_SEAT')),
    registry.write('string', 'no envelope'),
    registry.write(BookFlight.schema, booking),
  ];
  for (let id = 1; id <= registry.schemas.length; id++) await codec.learn(id);
  for (const value of strangers) expect(reasonOf(codec, value)).toBe('not for us');
  for (const value of strangers) {
    expect(reasonOf(codec, value.subarray(0, -1))).toBe('corrupt');
    expect(reasonOf(codec, Buffer.concat([value, Buffer.from([7])]))).toBe('corrupt');
  }
  const expected = codec.encode(BookFlight, anEnvelope, booking);
  expect(reasonOf(codec, expected)).toBe('none');
  expect(reasonOf(codec, expected, 'another-topic')).toBe('not for us');
});

test('a whole number that JavaScript or avsc cannot hold is corrupt, and cannot be written', async () => {
  const codec = await codecOf(registry, [FlightBooked]);
  const written = (price: number) => codec.encode(FlightBooked, anEnvelope, { flightId: 'f1', price });
  const head = written(0).subarray(0, -1);
  const exact = Type.forSchema('long', { registry: { long: bigLong } });
  const priceOf = (price: bigint) => Buffer.concat([head, exact.toBuffer(price)]);
  for (const price of [-(2 ** 53) + 1, -(2 ** 52), -(2 ** 31), -1, 0, 2 ** 31, 2 ** 52 + 1, 2 ** 53 - 1]) {
    expect(written(price)).toEqual(priceOf(BigInt(price)));
    expect(codec.decode(FlightBooked.topic, written(price))?.envelope).toMatchObject({ message: { price } });
  }
  for (const price of [-(2n ** 63n), -(2n ** 53n), 2n ** 53n, 2n ** 63n - 1n]) {
    expect(() => written(Number(price))).toThrow('invalid "long"');
    expect(reasonOf(codec, priceOf(price), FlightBooked.topic)).toBe('corrupt');
  }
});

/** Reads and writes longs as they are, as other languages do. */
const bigLong = types.LongType.__with({
  fromBuffer: (buffer: Buffer) => buffer.readBigInt64LE(),
  toBuffer: (value: bigint) => {
    const buffer = Buffer.alloc(8);
    buffer.writeBigInt64LE(value);
    return buffer;
  },
  fromJSON: BigInt,
  toJSON: Number,
  isValid: (value: unknown) => typeof value === 'bigint',
  compare: (one: bigint, other: bigint) => Number(one - other),
});

test('a time beyond what a date can be is corrupt, and cannot be written', async () => {
  const codec = await codecOf(registry, [FlightCancelled]);
  const schema = JSON.stringify(targetSchema(FlightCancelled)).replace(',"logicalType":"timestamp-millis"', '');
  const plain = Type.forSchema(JSON.parse(schema) as 'string');
  const at = (occurredAt: number) => wired(1, plain.toBuffer({ ...anEnvelope, occurredAt, message: { tripId: 't1' } }));
  expect(reasonOf(codec, at(8.64e15), FlightCancelled.topic)).toBe('none');
  expect(reasonOf(codec, at(8.64e15 + 1), FlightCancelled.topic)).toBe('corrupt');
  for (const occurredAt of [new Date(NaN), new Date(-(2 ** 52) - 1)])
    expect(() => codec.encode(FlightCancelled, { ...anEnvelope, occurredAt }, { tripId: 't1' })).toThrow('invalid');
});

test('an id that was not met before is looked up once', async () => {
  const codec = new Codec(registry, { monotonicMs: () => 0 });
  await codec.warm({ sends: new Map(), listens: [{ topic, contract: BookFlight }] });
  const value = registry.write(targetSchema(BookFlight), { ...anEnvelope, message: booking });
  expect(reasonOf(codec, value)).toBe('unknown id 1');
  await codec.learn(1);
  expect(reasonOf(codec, value)).toBe('none');
  expect(registry.asked).toBe(1);
});

test.each(['syntax = "proto3";', '{"type":"object"}', '{"type":"record","name":"Half"}', ''])(
  'an id of another kind of schema, such as %s, is that of no schema',
  async (schema) => {
    const codec = await codecOf(registry, air);
    await codec.learn(registry.schemas.push(schema));
    expect(reasonOf(codec, wired(registry.schemas.length))).toBe('unknown-schema');
  },
);

test('an id that was given up is undecodable for a minute, with the reason', async () => {
  let nowMs = 0;
  const codec = await codecOf(registry, air, undefined, { monotonicMs: () => nowMs });
  const late = registry.schemas.length + 1;
  const value = wired(late, codec.encode(BookFlight, anEnvelope, booking).subarray(5));
  expect(reasonOf(codec, value)).toBe(`unknown id ${late}`);
  expect(await codec.learn(late)).toBe(false);
  expect(reasonOf(codec, value)).toBe(`unknown id ${late}`); // whoever asks says when that was often enough
  codec.giveUp(late, 'the registry says no');
  expect(() => codec.decode(topic, value)).toThrow('the registry says no');
  registry.schemas.push(registry.schemas[0]!);
  nowMs = 59_999;
  expect(reasonOf(codec, value)).toBe('unknown-schema');
  nowMs = 60_000;
  expect(reasonOf(codec, value)).toBe(`unknown id ${late}`);
  expect(await codec.learn(late)).toBe(true);
  expect(reasonOf(codec, value)).toBe('none');
});

test('a registry that does not answer is not taken for one that does not know', async () => {
  const codec = await codecOf(registry, air);
  registry.schemaOf = () => Promise.reject(new RegistryUnavailable('down'));
  await expect(codec.learn(99)).rejects.toThrow(RegistryUnavailable);
  expect(reasonOf(codec, wired(99))).toBe('unknown id 99');
});

test('whether a registry answers is found out with a schema that it has', async () => {
  const codec = await codecOf(registry, air);
  const asked: number[] = [];
  registry.schemaOf = async (id) => void asked.push(id);
  await codec.probe();
  expect(registry.schemas[asked[0]! - 1]).toContain('TargetEventMessage');
  registry.schemaOf = () => Promise.reject(new RegistryUnavailable('down'));
  await expect(codec.probe()).rejects.toThrow('down');
});

test('ids that come from garbage do not fill the memory, nor push out what is in use', async () => {
  const codec = await codecOf(registry, air);
  const value = codec.encode(BookFlight, anEnvelope, booking);
  expect(reasonOf(codec, value)).toBe('none');
  for (let id = 100; id < 10_101; id++) codec.giveUp(id, 'unknown');
  expect(reasonOf(codec, wired(100))).toBe('unknown id 100');
  expect(reasonOf(codec, wired(10_100))).toBe('unknown-schema');
  const fresh = await codecOf(registry, air);
  for (let id = 100; id < 10_101; id++) fresh.giveUp(id, 'unknown');
  expect(reasonOf(fresh, value)).toBe('none'); // learnt before, and not resolved yet
});

test('writer and reader are compared once, not for each message', async () => {
  const codec = await codecOf(registry, air);
  const value = codec.encode(BookFlight, anEnvelope, booking);
  codec.decode(topic, value);
  const compare = jest.spyOn(Type.prototype, 'createResolver');
  for (let count = 0; count < 10; count++) codec.decode(topic, value);
  expect(compare).not.toHaveBeenCalled();
  compare.mockRestore();
});
