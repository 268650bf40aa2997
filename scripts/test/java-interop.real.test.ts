import { Kafka, logLevel } from 'kafkajs';
import { event, timestamp } from 'saga-kit';
import {
  canonical,
  Codec,
  errorSchema,
  subjectOf,
  targetSchema,
  type SchemaRegistry,
} from '../../common/kit/src/codec';
import { fetchJars, givenJava, runJava } from './java';

const topic = `interop-${Date.now()}`;
const brokers = process.env['KAFKA_BROKERS'] ?? '';
const registryUrl = process.env['SCHEMA_REGISTRY_URL'] ?? '';

const Shipped = event({
  type: 'record',
  name: 'Shipped',
  namespace: `interop.t${Date.now()}`,
  topic,
  fields: [
    { name: 'cents', type: 'long' },
    { name: 'where', type: 'string' },
    { name: 'at', type: timestamp },
    { name: 'weight', type: 'double' },
    { name: 'note', type: ['null', 'string'], default: null },
    { name: 'parcels', type: { type: 'array', items: 'int' } },
    { name: 'counts', type: { type: 'map', values: 'long' } },
    { name: 'how', type: { type: 'enum', name: 'How', namespace: 'interop', symbols: ['SHIP', 'TRAIN'] } },
  ],
});
const message = {
  cents: Number.MAX_SAFE_INTEGER,
  where: 'Ålesund „ü“',
  at: new Date(1_700_000_000_123),
  weight: 0.1,
  note: 'fragile',
  parcels: [1, -2, 2 ** 31 - 1],
  counts: { a: -1 },
  how: 'TRAIN' as const,
};
const envelope = {
  id: 'SHIPPING/t1/Ship',
  target: 'SHIPPING',
  txId: 't1',
  causationId: 'a-call',
  occurredAt: new Date(1_700_000_000_456),
};
/** As Avro says it in JSON. */
const { occurredAt } = envelope;
const onTheWire = { ...envelope, occurredAt: occurredAt.getTime(), message: { ...message, at: message.at.getTime() } };

const registry: SchemaRegistry = {
  idOf: async (subject, schema) => (await post(`/subjects/${subject}`, { schema })).id,
  schemaOf: async (id) => (await post(`/schemas/ids/${id}`)).schema,
  register: async (subject, schema) => (await post(`/subjects/${subject}/versions`, { schema })).id!,
};
const kafka = new Kafka({ brokers: brokers.split(','), logLevel: logLevel.ERROR });

givenJava('a stock client in Java', () => {
  let jars: string;
  let codec: Codec;
  beforeAll(async () => {
    jars = await fetchJars();
    const subjects = new Map([targetSchema(Shipped), errorSchema].map((schema) => [subjectOf(topic, schema), schema]));
    for (const [subject, schema] of subjects) await registry.register(subject, JSON.stringify(canonical(schema)));
    codec = new Codec(registry, { monotonicMs: () => performance.now() });
    await codec.warm({ sends: subjects, listens: [{ topic, contract: Shipped }] });
    const admin = kafka.admin();
    await admin.connect();
    await admin.createTopics({ topics: [{ topic, numPartitions: 1 }] });
    await admin.disconnect();
  }, 300_000); // the first time its jars are fetched

  const java = (input: string, command: string, ...rest: readonly string[]) =>
    runJava(jars, { command, topic, rest, input });

  test('reads what the kit has written, a refusal too', async () => {
    const refusal = { code: 'NO_SHIP', errorMessage: 'all gone' };
    const values = [codec.encode(Shipped, envelope, message), codec.encodeRefusal(topic, envelope, refusal)];
    const producer = kafka.producer({ allowAutoTopicCreation: false });
    await producer.connect();
    await producer.send({ topic, messages: values.map((value) => ({ key: envelope.txId, value })) });
    await producer.disconnect();
    const lines = (await java('', 'read', '2')).trim().split('\n');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
      { key: 't1', value: onTheWire },
      { key: 't1', value: { ...envelope, occurredAt: envelope.occurredAt.getTime(), ...refusal } },
    ]);
  });

  test('writes what the kit would have written, byte for byte', async () => {
    const inJava = { ...onTheWire, message: { ...onTheWire.message, note: { string: 'fragile' } } };
    await java(JSON.stringify(inJava), 'write', subjectOf(topic, targetSchema(Shipped)));
    const value = await lastValue();
    expect(value).toEqual(codec.encode(Shipped, envelope, message));
    await codec.learn(value.readInt32BE(1));
    expect(codec.decode(topic, value)?.envelope).toEqual({ ...envelope, message });
  });
});

async function post(path: string, body?: unknown): Promise<{ readonly id?: number; readonly schema?: string }> {
  const headers = { 'Content-Type': 'application/vnd.schemaregistry.v1+json' };
  const init = body === undefined ? {} : { method: 'POST', headers, body: JSON.stringify(body) };
  const response = await fetch(registryUrl + path, init);
  if (!response.ok) throw new Error(`${path} answers ${response.status}: ${await response.text()}`);
  return (await response.json()) as { id?: number; schema?: string };
}

async function lastValue(): Promise<Buffer> {
  const [admin, consumer] = [kafka.admin(), kafka.consumer({ groupId: `${topic}-kit`, allowAutoTopicCreation: false })];
  await Promise.all([admin.connect(), consumer.connect()]);
  const [{ high } = { high: '0' }] = await admin.fetchTopicOffsets(topic);
  await consumer.subscribe({ topic, fromBeginning: true });
  const value = await new Promise<Buffer>((resolve, reject) => {
    const eachMessage = async ({ message }: { message: { offset: string; value: Buffer | null } }) => {
      if (BigInt(message.offset) === BigInt(high) - 1n) resolve(message.value!);
    };
    consumer.run({ eachMessage }).catch(reject);
  });
  await Promise.all([admin.disconnect(), consumer.disconnect()]);
  return value;
}
