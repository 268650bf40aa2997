import { avroTypeOf, canonical, errorSchema, targetSchema } from '../src/codec';
import { type Headers, type ParkedRow, parkedTable } from 'saga-kit/runtime';
import { worldOf, type World } from 'saga-kit/testing';
import { aShop, Audited, Pack, Unpacked } from './a-shop';

let world: World;
let shop: ReturnType<typeof aShop>;
beforeEach(async () => {
  shop = aShop();
  world = await worldOf(shop.literal);
});
afterEach(() => world.close());

const parked = async (): Promise<ParkedRow[]> => {
  const rows = await world.storesOf('shop').reader.query((knex) => knex('kit_parked'));
  return rows.map((row: Record<string, never>) =>
    parkedTable.toItem(parkedTable.columns.map((column) => row[column]!)),
  );
};

const envelope = { id: 'T/a/Pack', target: 'T', txId: 'a', causationId: 'c', occurredAt: new Date(0) };
const message = { item: 'x', count: 1 };
const key = Buffer.from('a');
const headers: Headers = [
  ['from', Buffer.from('a test')],
  ['tag', Buffer.from([0, 255, 254])],
  ['tag', null],
  ['__proto__', Buffer.from('x')],
  ['from', Buffer.alloc(0)],
];

type Schema = Parameters<typeof avroTypeOf>[0];

/** The bytes of a value that was written with a registered schema. */
async function written(schema: Schema, value: unknown, subject = 'any'): Promise<Buffer> {
  const id = await world.registry.register(subject, JSON.stringify(schema));
  const head = Buffer.alloc(5);
  head.writeInt32BE(id, 1);
  return Buffer.concat([head, avroTypeOf(schema).toBuffer(value)]);
}
const packing = (over: object = {}) => written(canonical(targetSchema(Pack)), { ...envelope, ...over, message });

const cases: readonly { what: string; reason: string; value: () => Promise<Buffer | null>; key?: Buffer | null }[] = [
  { what: 'no value', reason: 'empty', value: async () => null },
  { what: 'a value of no bytes', reason: 'empty', value: async () => Buffer.alloc(0) },
  { what: 'a value of 2 bytes', reason: 'not-avro', value: async () => Buffer.from([0, 0]) },
  { what: 'JSON', reason: 'not-avro', value: async () => Buffer.from('{"txId": "a"}') },
  {
    what: 'a schema id that nobody knows',
    reason: 'unknown-schema',
    value: async () => Buffer.from([0, 0, 1, 0, 0, 1]),
  },
  { what: 'a negative schema id', reason: 'unknown-schema', value: async () => Buffer.from([0, 255, 255, 255, 255]) },
  { what: 'a truncated body', reason: 'corrupt', value: async () => (await packing()).subarray(0, 20) },
  {
    what: 'trailing bytes',
    reason: 'corrupt',
    value: async () => Buffer.concat([await packing(), Buffer.from('more')]),
  },
  {
    what: 'a writer whose schema cannot be read as ours',
    reason: 'incompatible-schema',
    value: () => written({ ...targetless('Pack'), fields: [{ name: 'id', type: 'long' }] }, { id: 1 }, 'other'),
  },
  { what: 'no key', reason: 'bad-envelope', value: () => packing(), key: null },
  { what: 'a key that is not the txId', reason: 'bad-envelope', value: () => packing(), key: Buffer.from('b') },
  { what: 'an id that is not derived from its place', reason: 'bad-envelope', value: () => packing({ id: 'made-up' }) },
  { what: 'an id of another command', reason: 'bad-envelope', value: () => packing({ id: 'T/a/Unpack' }) },
  { what: 'an id of another instance', reason: 'bad-envelope', value: () => packing({ id: 'T/b/Pack' }) },
  {
    what: 'an id that is too long',
    reason: 'bad-envelope',
    value: () => packing({ id: `T/a/${'x'.repeat(200)}/undo` }),
  },
  {
    what: 'a txId with a slash',
    reason: 'bad-envelope',
    value: () => packing({ txId: 'a/b' }),
    key: Buffer.from('a/b'),
  },
  {
    what: 'a txId with an ordering key break',
    reason: 'bad-envelope',
    value: () => packing({ txId: 'a\nb' }),
    key: Buffer.from('a\nb'),
  },
  { what: 'an empty target', reason: 'bad-envelope', value: () => packing({ target: '' }) },
  { what: 'a causation that is not ASCII', reason: 'bad-envelope', value: () => packing({ causationId: 'ü' }) },
];

const notForUs: readonly { what: string; value: () => Promise<Buffer> }[] = [
  { what: 'a plain string in Avro', value: () => written({ type: 'string' }, 'hello') },
  {
    what: 'a contract that nobody listens to here',
    value: () => written(canonical(targetSchema(Unpacked)), { ...envelope, message }),
  },
  {
    what: 'a contract of another topic',
    value: () => written(canonical(targetSchema(Audited)), { ...envelope, message }),
  },
  {
    what: 'a refusal where nobody waits for one',
    value: () => written(canonical(errorSchema), { ...envelope, code: 'NO', errorMessage: 'no' }),
  },
];

const targetless = (name: string) =>
  ({ type: 'record', name: 'TargetEventMessage', namespace: `saga.shop.${name}` }) as const;

test.each(cases)(
  '$what parks alone as $reason, with its bytes, and blocks nobody',
  async ({ reason, value, ...at }) => {
    const bytes = await value();
    const itsKey = at.key === undefined ? key : at.key;
    world.put({ topic: Pack.topic, key: itsKey, value: bytes, headers });
    await world.send(Pack.of(message), { target: 'T', txId: 'a' });
    await world.settled();
    const [row, ...more] = await parked();
    expect(more).toEqual([]);
    expect(row).toMatchObject({
      reason,
      orderingKey: null,
      topic: 'shop',
      value: bytes,
      recordKey: itsKey,
      headers,
    });
    expect(shop.handled).toEqual(['x']);
  },
);

test.each(notForUs)('$what is not for us: it is counted, and passed over', async ({ value }) => {
  world.put({ topic: Pack.topic, key, value: await value() });
  await world.send(Pack.of(message), { target: 'T', txId: 'a' });
  await world.settled();
  expect(await parked()).toEqual([]);
  expect(shop.handled).toEqual(['x']);
  const metrics = await world.service('shop').metrics.registry.metrics();
  expect(metrics).toContain('saga_kit_messages_total{topic="shop",result="ignored",service="shop"} 1');
});

test.each(notForUs)('$what is parked by a service that is strict about it', async ({ value }) => {
  const strict = aShop();
  await world.close();
  world = await worldOf({ ...strict.literal, strict: true });
  const bytes = await value();
  world.put({ topic: Pack.topic, key, value: bytes });
  await world.send(Pack.of(message), { target: 'T', txId: 'a' });
  await world.settled();
  expect(await parked()).toMatchObject([{ reason: 'unexpected-type', orderingKey: null, value: bytes }]);
  expect(strict.handled).toEqual(['x']);
});

test('a value of 700 KB is handled like any other', async () => {
  await world.send(Pack.of({ item: 'x'.repeat(700_000), count: 1 }), { target: 'T', txId: 'a' });
  await world.settled();
  expect(await parked()).toEqual([]);
  expect(shop.handled).toHaveLength(1);
});

test('an answer that is too large for the broker parks its command, and blocks only its ordering key', async () => {
  await world.send(Pack.of({ item: 'x'.repeat(900_000), count: 1 }), { target: 'T', txId: 'a' });
  await world.send(Pack.of(message), { target: 'T', txId: 'b' });
  await world.settled();
  expect(await parked()).toMatchObject([{ reason: 'unprocessable', orderingKey: 'shop|a' }]);
  expect(shop.handled.at(-1)).toBe('x');
});
