import type { Kafka, ProducerBatch } from 'kafkajs';
import { KafkaProducer } from './kafka-producer';

const record = (topic: string, value: string) => ({ topic, key: 'k', value: Buffer.from(value) });

/** Producers that are numbered in the order in which they were made; number 1 does as it is told. */
function aKafka(first: () => Promise<void>) {
  const done: string[] = [];
  let made = 0;
  const producer = () => {
    const number = ++made;
    return {
      connect: async () => void done.push(`connect ${number}`),
      disconnect: async () => void done.push(`disconnect ${number}`),
      sendBatch: async ({ topicMessages = [] }: ProducerBatch) => {
        const sent = topicMessages.map(
          ({ topic, messages }) => `${topic}:${messages.map(({ value }) => String(value)).join()}`,
        );
        done.push(`send ${number} ${sent.join(' ')}`);
        if (number === 1) await first();
      },
    };
  };
  return { done, producer: new KafkaProducer({ producer } as unknown as Kafka) };
}

test('one call is one request, with the records of each topic in their order', async () => {
  const { producer, done } = aKafka(async () => {});
  await producer.publish([record('a', '1'), record('b', '2'), record('a', '3')]);
  await producer.publish([record('a', '4')]);
  expect(done).toEqual(['connect 1', 'send 1 a:1,3 b:2', 'send 1 a:4']);
});

test('a producer that rejected is not used again', async () => {
  const { producer, done } = aKafka(() => Promise.reject(new Error('no leader')));
  await expect(producer.publish([record('a', '1')])).rejects.toThrow('no leader');
  await producer.publish([record('a', '1')]);
  expect(done).toEqual(['connect 1', 'send 1 a:1', 'disconnect 1', 'connect 2', 'send 2 a:1']);
});

test('nor is one that does not answer', async () => {
  jest.useFakeTimers();
  const { producer, done } = aKafka(() => new Promise(() => {}));
  const publishing = expect(producer.publish([record('a', '1')])).rejects.toThrow(
    'the broker has not answered within 60000 ms',
  );
  await jest.advanceTimersByTimeAsync(60_000);
  await publishing;
  jest.useRealTimers();
  await producer.publish([record('a', '1')]);
  expect(done.at(-1)).toBe('send 2 a:1');
});
