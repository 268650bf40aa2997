import { randomUUID } from 'node:crypto';
import { CloudEvent, Kafka as CloudEvents } from 'cloudevents';
import { Kafka, logLevel } from 'kafkajs';

const waitMs = 30_000;

/** All CloudEvents of a process on these topics, in no order, once there are so many; as a stock consumer and the SDK have them. */
export async function cloudEventsOf(
  brokers: readonly string[],
  { topics, txId, count }: { readonly topics: readonly string[]; readonly txId: string; readonly count: number },
): Promise<readonly CloudEvent<Buffer>[]> {
  const kafka = new Kafka({ clientId: 'a-stranger', brokers: [...brokers], logLevel: logLevel.NOTHING });
  const consumer = kafka.consumer({ groupId: `a-stranger-${randomUUID()}` });
  const events: CloudEvent<Buffer>[] = [];
  await consumer.connect();
  try {
    await consumer.subscribe({ topics: [...topics], fromBeginning: true });
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`${events.length} of ${count} within ${waitMs} ms`)), waitMs);
      const eachMessage = async ({ message: { key, value, headers = {} } }: { readonly message: Read }) => {
        if (key?.toString() !== txId || events.length === count) return;
        const byName = Object.fromEntries(Object.entries(headers).map(([name, each]) => [name, String(each)]));
        const message = { key: txId, value, body: value, headers: byName };
        const event = CloudEvents.toEvent<Buffer>(message);
        if (!(event instanceof CloudEvent)) throw new Error('it is several');
        event.validate();
        events.push(event);
        if (events.length < count) return;
        clearTimeout(timer);
        resolve();
      };
      consumer.run({ eachMessage }).catch(reject);
    });
    return events;
  } finally {
    await consumer.disconnect();
  }
}

interface Read {
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers?: object;
}
