import { randomUUID } from 'node:crypto';
import { SchemaRegistry } from '@kafkajs/confluent-schema-registry';
import { Kafka, logLevel, type Consumer, type KafkaMessage } from 'kafkajs';
import { historyIn } from 'saga-kit/runtime';
import { services } from '../services';
import { mysqlRows } from './books';

/** A message that was committed to be sent. */
export interface Committed {
  readonly topic: string;
  readonly id: string;
}

export interface OnTopics {
  /** How many, with those that were sent more than once. */
  readonly records: number;
  readonly ids: ReadonlyMap<string, ReadonlySet<string>>;
}

const readMs = 120_000;

/** What the databases say has been sent: the commands in the histories of sagas, events, and the answers that inboxes remember. */
export async function committedIn(addresses: NodeJS.ProcessEnv, prefix: string): Promise<Committed[]> {
  const { MYSQL_URL: url, SCHEMA_REGISTRY_URL: host } = addresses;
  const registry = new SchemaRegistry({ host: host! });
  const committed: Committed[] = [];
  for (const { name } of services) {
    const database = `${prefix}${name}`;
    const sent = "select topic, message_id as id from kit_history where direction = 'sent'";
    committed.push(...(await mysqlRows<Committed>(url!, database, sent)));
    const sagas = 'select id, saga, started_at, history, code from kit_sagas where history is not null';
    for (const saga of await mysqlRows<SagaRow>(url!, database, sagas)) committed.push(...commandsOf(saga));
    const answers = 'select answer_topic as topic, answer from kit_inbox where answer is not null';
    for (const { topic, answer } of await mysqlRows<{ topic: string; answer: Buffer }>(url!, database, answers))
      committed.push({ topic, id: await idOf(registry, answer) });
  }
  return committed;
}

interface SagaRow {
  readonly id: string;
  readonly saga: string;
  readonly started_at: number;
  readonly history: string;
  readonly code: string | null;
}
const commandsOf = ({ started_at: ms, ...row }: SagaRow): Committed[] =>
  historyIn({ ...row, startedAt: new Date(Number(ms)), errorMessage: null })
    .filter(({ direction }) => direction === 'sent')
    .map(({ topic, messageId: id }) => ({ topic, id }));

/** Reads topics from their beginning to where they end now. Records that are not ours are counted, and have no id. */
export async function readTopics(addresses: NodeJS.ProcessEnv, topics: readonly string[]): Promise<OnTopics> {
  const registry = new SchemaRegistry({ host: addresses['SCHEMA_REGISTRY_URL']! });
  const ids = new Map(topics.map((topic) => [topic, new Set<string>()]));
  let records = 0;
  await readRecords(addresses, topics, async (topic, { value }) => {
    if (!value) return;
    records++;
    const id = await idOf(registry, value).catch(() => undefined);
    if (id !== undefined) ids.get(topic)!.add(id);
  });
  return { records, ids };
}

/** Gives each record that stands on the topics now. */
export async function readRecords(
  addresses: NodeJS.ProcessEnv,
  topics: readonly string[],
  read: (topic: string, record: KafkaMessage) => Promise<void>,
): Promise<void> {
  const brokers = addresses['KAFKA_BROKERS']!.split(',');
  const kafka = new Kafka({ clientId: 'the-audit', brokers, logLevel: logLevel.NOTHING });
  const left = await endsOf(kafka, topics);
  const consumer = kafka.consumer({ groupId: `the-audit-${randomUUID()}`, retry: { retries: 20 } });
  try {
    await consumer.connect();
    await consumer.subscribe({ topics: [...topics], fromBeginning: true });
    await readAll(consumer, left, read);
  } finally {
    await consumer.disconnect();
  }
}

/** What was committed and is nowhere, in words, a line for each topic. */
export function lostOf(committed: readonly Committed[], { ids }: OnTopics): string[] {
  const lost = new Map<string, string[]>();
  for (const { topic, id } of committed)
    if (!ids.get(topic)?.has(id)) lost.set(topic, [...(lost.get(topic) ?? []), id]);
  return [...lost].map(([topic, missing]) => {
    const more = missing.length > shownMax ? ', …' : '';
    const some = missing.slice(0, shownMax).join(', ');
    return `${missing.length} messages were committed and are not on ${topic}: ${some}${more}`;
  });
}
const shownMax = 3;

async function idOf(registry: SchemaRegistry, value: Buffer): Promise<string> {
  const { id } = (await registry.decode(value)) as { readonly id?: unknown };
  if (typeof id !== 'string') throw new Error('it is no envelope');
  return id;
}

/** How far there is to read, by topic and partition; those that are empty are left out. */
async function endsOf(kafka: Kafka, topics: readonly string[]): Promise<Map<string, bigint>> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    const ends = new Map<string, bigint>();
    for (const topic of topics)
      for (const { partition, low, high } of await admin.fetchTopicOffsets(topic))
        if (BigInt(high) > BigInt(low)) ends.set(`${topic}/${partition}`, BigInt(high));
    return ends;
  } finally {
    await admin.disconnect();
  }
}

/** Resolves when `left` is empty. */
async function readAll(
  consumer: Consumer,
  left: Map<string, bigint>,
  read: (topic: string, record: KafkaMessage) => Promise<void>,
): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new Error(`${left.size} partitions were not read to their end within ${readMs} ms`));
    }, readMs);
    const end = () => {
      clearTimeout(timer);
      resolve();
    };
    if (left.size === 0) return end();
    consumer.on('consumer.crash', ({ payload }) => reject(payload.error));
    consumer
      .run({
        eachBatch: async ({ batch }) => {
          for (const record of batch.messages) await read(batch.topic, record);
          const place = `${batch.topic}/${batch.partition}`;
          if (BigInt(batch.lastOffset()) + 1n >= (left.get(place) ?? 0n)) left.delete(place);
          if (left.size === 0) end();
        },
      })
      .catch(reject);
  });
}
