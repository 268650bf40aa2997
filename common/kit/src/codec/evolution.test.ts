import type { AvroField, AvroRecord } from '../avro';
import { event, type Contract } from '../contract';
import { anEnvelope, codecOf, PaperRegistry } from '../../test/paper-registry';
import { Leg } from '../../test/trip';

/** One contract in two versions of a program. */
const arrived = (...fields: readonly AvroField[]): Contract =>
  event({ type: 'record', name: 'Arrived', namespace: 'air', topic: 'air-to-trip', fields } as any);
const v1 = arrived({ name: 'tripId', type: 'string' }, { name: 'leg', type: Leg });
const v2 = arrived(
  { name: 'tripId', type: 'string' },
  { name: 'note', type: ['null', 'string'], default: null },
  { name: 'leg', type: withField(Leg, { name: 'delayMs', type: 'long', default: 0 }) },
  { name: 'seats', type: { type: 'array', items: 'string' }, default: [] },
);
const leg = { from: 'Oslo', to: 'Rome', at: new Date(1_700_000_000_123) };

function withField({ fields, ...rest }: AvroRecord, field: AvroField): AvroRecord {
  return { ...rest, fields: [...fields, field] };
}

/** What a service that knows `reader` makes of what a service that knows `writer` sends. */
async function sent(writer: Contract, reader: Contract, message: object): Promise<unknown> {
  const registry = new PaperRegistry();
  const writing = await codecOf(registry, [writer]);
  const value = writing.encode(writer, anEnvelope, message);
  const reading = await codecOf(registry, [], [{ topic: reader.topic, contract: reader }]);
  const decoded = reading.decode(reader.topic, value);
  if (!decoded) throw new Error('not for the reader');
  const { contract, envelope } = decoded;
  expect(contract).toBe(reader);
  expect(envelope).toMatchObject(anEnvelope);
  return (envelope as { message?: unknown }).message;
}

test('a program of today reads what one of yesterday wrote: new fields are as their defaults say, dates are dates', async () => {
  expect(await sent(v1, v2, { tripId: 't1', leg })).toEqual({
    tripId: 't1',
    note: null,
    leg: { ...leg, delayMs: 0 },
    seats: [],
  });
});

test('a program of yesterday reads what one of today writes: it does not see the new fields', async () => {
  const message = { tripId: 't1', note: 'late', leg: { ...leg, delayMs: 60_000 }, seats: ['1A', '1B'] };
  expect(await sent(v2, v1, message)).toEqual({ tripId: 't1', leg });
});

test('a default belongs to one message alone', async () => {
  const [first, second] = [await sent(v1, v2, { tripId: 't1', leg }), await sent(v1, v2, { tripId: 't1', leg })];
  (first as { seats: string[] }).seats.push('1A');
  expect(second).toMatchObject({ seats: [] });
});

test('a time that may be missing is a date or null, in both versions', async () => {
  const landed = { name: 'landedAt', type: ['null', { type: 'long', logicalType: 'timestamp-millis' }] } as const;
  const old = arrived({ name: 'tripId', type: 'string' }, { ...landed, default: null });
  const young = arrived(...old.schema.fields, { name: 'gate', type: 'int', default: 0 });
  const landedAt = new Date(7);
  expect(await sent(old, young, { tripId: 't1', landedAt })).toEqual({ tripId: 't1', landedAt, gate: 0 });
  expect(await sent(young, old, { tripId: 't1', landedAt: null, gate: 1 })).toEqual({ tripId: 't1', landedAt: null });
});

test.each([
  ['a new field without a default', v1, arrived(...v1.schema.fields, { name: 'gate', type: 'int' })],
  ['a field of another type', v1, arrived({ name: 'tripId', type: 'long' })],
  ['a part that has moved to another namespace', v1, arrived({ name: 'leg', type: { ...Leg, namespace: 'air' } })],
  ['a whole number that becomes a time', arrived({ name: 'at', type: 'long' }), arrived(Leg.fields[2])],
])('%s cannot be read', async (_, writer, reader) => {
  await expect(sent(writer, reader, { tripId: 't1', leg, at: 1 })).rejects.toMatchObject({
    name: 'UndecodableMessage',
    reason: 'incompatible-schema',
    message: expect.stringMatching(/^saga\.air\.Arrived\.TargetEventMessage was written with another schema: ./),
  });
});

test('a contract that has moved to another namespace is another contract', async () => {
  const moved: Contract = event({ ...v1.schema, namespace: 'rail', topic: v1.topic } as any);
  await expect(sent(v1, moved, { tripId: 't1', leg })).rejects.toThrow('not for the reader');
});

const color = (symbols: readonly string[], rest: object = {}) =>
  arrived({ name: 'color', type: { type: 'enum', name: 'Color', namespace: 'air', symbols, ...rest } });

test('an enum may grow, but nothing is read from its new writers until the reader knows the new symbol', async () => {
  const [old, young] = [color(['RED']), color(['RED', 'BLUE'])];
  expect(await sent(old, young, { color: 'RED' })).toEqual({ color: 'RED' });
  await expect(sent(young, old, { color: 'RED' })).rejects.toMatchObject({ reason: 'incompatible-schema' });
});

test('a reader whose enum has a default takes a symbol that it does not know for that', async () => {
  const [old, young] = [color(['OTHER', 'RED'], { default: 'OTHER' }), color(['RED', 'BLUE', 'OTHER'])];
  for (const [symbol, read] of [
    ['BLUE', 'OTHER'],
    ['RED', 'RED'],
    ['OTHER', 'OTHER'],
  ])
    expect(await sent(young, old, { color: symbol })).toEqual({ color: read });
  expect(await sent(old, young, { color: 'RED' })).toEqual({ color: 'RED' });
});

test('a field and a part are read by the names that they had before', async () => {
  const { name: _, ...part } = Leg;
  const renamed = arrived(
    { name: 'journeyId', type: 'string', aliases: ['tourId', 'tripId'] },
    { name: 'hop', type: { ...part, name: 'Hop', aliases: ['Leg'] }, aliases: ['leg'] },
  );
  expect(await sent(v1, renamed, { tripId: 't1', leg })).toStrictEqual({ journeyId: 't1', hop: leg });
  await expect(sent(renamed, v1, { journeyId: 't1', hop: leg })).rejects.toMatchObject({
    reason: 'incompatible-schema',
  });
});

test('what was read is a plain object, in all of its parts', async () => {
  const old = await sent(v1, v1, { tripId: 't1', leg });
  expect(old).toStrictEqual({ tripId: 't1', leg });
  const young = await sent(v1, v2, { tripId: 't1', leg });
  expect(young).toStrictEqual({ tripId: 't1', note: null, leg: { ...leg, delayMs: 0 }, seats: [] });
  expect(structuredClone(young)).toStrictEqual(young);
  const filled = arrived(...v1.schema.fields, {
    name: 'next',
    type: { type: 'array', items: Leg },
    default: [{ from: 'Rome', to: 'Oslo', at: 7 }],
  });
  const next = [{ from: 'Rome', to: 'Oslo', at: new Date(7) }];
  expect(await sent(v1, filled, { tripId: 't1', leg })).toStrictEqual({ tripId: 't1', leg, next });
});
