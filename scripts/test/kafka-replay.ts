import { setTimeout } from 'node:timers/promises';
import { Kafka, logLevel, type Admin } from 'kafkajs';
import { readRecords } from '../src/trial/messages';

const patienceMs = 120_000;
const requestRecords = 1_000;

/** An operator with a plain client, who hands records over again. */
export class Operator {
  private readonly kafka: Kafka;

  constructor(private readonly addresses: NodeJS.ProcessEnv) {
    const brokers = addresses['KAFKA_BROKERS']!.split(',');
    this.kafka = new Kafka({ clientId: 'an-operator', brokers, logLevel: logLevel.NOTHING });
  }

  /** Topics that these groups read. */
  topicsOf(groups: readonly string[]): Promise<string[]> {
    return this.asked(async (admin) => {
      const offsets = await Promise.all(groups.map((groupId) => admin.fetchOffsets({ groupId })));
      return [...new Set(offsets.flat().map(({ topic }) => topic))].sort();
    });
  }

  /** Sends everything that is on these topics once more, byte by byte. Resolves with how much that is. */
  async sendAgain(topics: readonly string[]): Promise<number> {
    const records = new Map(topics.map((topic) => [topic, [] as Sent[]]));
    await readRecords(this.addresses, topics, async (topic, { key, value, headers }) => {
      records.get(topic)!.push({ key, value, ...(headers && { headers }) });
    });
    const producer = this.kafka.producer();
    await producer.connect();
    let count = 0;
    for (const [topic, messages] of records)
      for (let from = 0; from < messages.length; from += requestRecords) {
        const some = messages.slice(from, from + requestRecords);
        await producer.send({ topic, messages: some });
        count += some.length;
      }
    await producer.disconnect();
    return count;
  }

  /** Sets a group, which has no members, back to the beginning. Resolves with how many records it has before it then. */
  rewind(groupId: string): Promise<number> {
    return this.asked(async (admin) => {
      for (const { topic } of await admin.fetchOffsets({ groupId }))
        await admin.resetOffsets({ groupId, topic, earliest: true });
      return behind(admin, groupId);
    });
  }

  /** Resolves when a group has done everything that is on its topics. */
  caughtUp(groupId: string): Promise<void> {
    return this.asked(async (admin) => {
      const until = performance.now() + patienceMs;
      for (let left = await behind(admin, groupId); left > 0; left = await behind(admin, groupId)) {
        if (performance.now() > until) throw new Error(`${groupId} is ${left} records behind after ${patienceMs} ms`);
        await setTimeout(100);
      }
    });
  }

  private async asked<T>(question: (admin: Admin) => Promise<T>): Promise<T> {
    const admin = this.kafka.admin();
    await admin.connect();
    try {
      return await question(admin);
    } finally {
      await admin.disconnect();
    }
  }
}

type Sent = Pick<Parameters<Parameters<typeof readRecords>[2]>[1], 'key' | 'value' | 'headers'>;

async function behind(admin: Admin, groupId: string): Promise<number> {
  let count = 0;
  for (const { topic, partitions } of await admin.fetchOffsets({ groupId })) {
    const ends = new Map(
      (await admin.fetchTopicOffsets(topic)).map(({ partition, high }) => [partition, Number(high)]),
    );
    for (const { partition, offset } of partitions) count += ends.get(partition)! - Math.max(0, Number(offset));
  }
  return count;
}
