import fc from 'fast-check';
import type { LogRecord } from 'saga-kit/tools';
import { theSystem } from './the-system';

const valuesPerTopic = Number(process.env['FUZZ_VALUES'] ?? 5_000);
const seed = Number(process.env['FUZZ_SEED'] ?? 1);

let the: Awaited<ReturnType<typeof theSystem>>;
beforeEach(async () => {
  the = await theSystem();
});
afterEach(() => the.world.close());

const everyEnd = [
  { userId: 1, productId: 1 },
  { userId: 10, productId: 1 },
  { userId: 2, productId: 18 },
  { userId: 3, productId: 20 },
  { userId: 4, productId: 19 },
];
const ends = ['APPROVED', 'USER_ABNORMAL', 'SOLD_OUT', 'REJECT_DURING_PAYMENT', 'WITHDRAWN'];

/** One record of each topic, as the services have sent them, after orders of every end. */
async function samples(): Promise<Map<string, LogRecord>> {
  for (const wanted of everyEnd) await the.place(wanted);
  await the.world.settled();
  return new Map(the.world.records().map((record) => [record.topic, record]));
}

test('whatever comes on a topic is parked with its reason, and orders that are placed meanwhile still end', async () => {
  const templates = [...(await samples()).values()];
  expect(templates).toHaveLength(10);
  const before = await the.books();
  const keys = fc.constantFrom(null, Buffer.from('nobody'), ...templates.map(({ key }) => key));
  const brokenOf = ({ value }: LogRecord) => {
    const good = value!;
    return fc.oneof(
      fc.constant(null),
      fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.concat([Buffer.from([1]), bytes])), // not Avro
      fc
        .uint8Array({ minLength: 1, maxLength: 300 })
        .map((bytes) => Buffer.concat([good.subarray(0, 5), bytes, Buffer.alloc(9, 255)])),
      fc.integer({ min: 0, max: good.length - 1 }).map((end) => good.subarray(0, end)),
      fc.uint8Array({ minLength: 1, maxLength: 50 }).map((bytes) => Buffer.concat([good, bytes])),
      fc.integer({ min: 1_000, max: 2 ** 31 - 1 }).map((id) => Buffer.concat([withId(id), good.subarray(5)])),
    );
  };
  const placed: string[] = [];
  for (const template of templates) {
    const garbage = fc.sample(fc.tuple(keys, brokenOf(template)), { numRuns: valuesPerTopic, seed });
    the.world.put(...garbage.map(([key, value]) => ({ topic: template.topic, key, value })));
    for (const wanted of everyEnd) placed.push(await the.place(wanted));
  }
  await the.world.settled();
  expect(await the.ends(placed)).toEqual(templates.flatMap(() => ends));
  const after = await the.books();
  expect(after.parked.length).toBe(templates.length * valuesPerTopic);
  expect(after.parked.every(({ reason }) => reason !== 'unprocessable' && reason !== 'behind')).toBe(true);
  expect(after.money).toBe(before.money);
}, 120_000);

test('messages with some bits turned do no harm, whatever they still say', async () => {
  const templates = [...(await samples()).values()];
  const before = await the.books();
  const placed: string[] = [];
  for (const template of templates) {
    const bits = fc.array(
      fc.tuple(fc.integer({ min: 0, max: template.value!.length - 1 }), fc.integer({ min: 0, max: 7 })),
      { minLength: 1, maxLength: 3 },
    );
    const turned = fc.sample(bits, { numRuns: 500, seed }).map((each) => {
      const value = Buffer.from(template.value!);
      for (const [byte, bit] of each) value[byte]! ^= 1 << bit;
      return { topic: template.topic, key: template.key, value };
    });
    the.world.put(...turned);
    for (const wanted of everyEnd) placed.push(await the.place(wanted));
  }
  await the.world.settled();
  expect(await the.ends(placed)).toEqual(templates.flatMap(() => ends));
  const after = await the.books();
  expect(after.money).toBe(before.money);
  expect(after.waiting).toBe(0);
}, 120_000);

test('garbage under the key of an open order does not keep it from its end', async () => {
  const topics = [...(await samples()).keys()];
  const orderIds = [];
  for (const wanted of everyEnd) {
    const orderId = await the.place(wanted);
    orderIds.push(orderId);
    const key = Buffer.from(orderId);
    for (const topic of topics)
      the.world.put({ topic, key, value: Buffer.from('garbage') }, { topic, key, value: null });
  }
  await the.world.settled();
  expect(await the.ends(orderIds)).toEqual(ends);
});

function withId(id: number): Buffer {
  const head = Buffer.alloc(5);
  head.writeInt32BE(id, 1);
  return head;
}
