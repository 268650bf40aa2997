import { randomUUID } from 'node:crypto';
import { ApproveTicket, CheckUser, CreateTicket, Pay } from '@saga-kit/contracts';
import { CloudEvent, Kafka as CloudEvents } from 'cloudevents';
import { Kafka, logLevel } from 'kafkajs';

const waitMs = 30_000;

/** All messages of an approved order are CloudEvents. */
export async function expectCloudEvents(orderId: string): Promise<void> {
  const topics = [CheckUser, CreateTicket, Pay, ApproveTicket].flatMap(({ topic, reply }) => [topic, reply.topic]);
  const brokers = process.env['KAFKA_BROKERS']!.split(',');
  const events = await cloudEventsOf(brokers, { topics: [...new Set(topics)], txId: orderId, count: 8 });
  expect(events.map(({ source, type }) => `${source} ${type}`).sort()).toEqual([
    'kitchen kitchen.TicketApproved',
    'kitchen kitchen.TicketCreated',
    'order kitchen.ApproveTicket',
    'order kitchen.CreateTicket',
    'order payment.Pay',
    'order user.CheckUser',
    'payment payment.PaymentApproved',
    'user user.UserChecked',
  ]);
  expect(events.map(({ id }) => id)).toContain(`ORDER_CREATION/${orderId}/Pay/answer`);
}

/** All CloudEvents of a process on these topics, in no order, once there are so many; as a stock consumer and the SDK have them. */
async function cloudEventsOf(
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
