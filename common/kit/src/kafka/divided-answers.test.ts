import fc from 'fast-check';
import type { Kafka } from 'kafkajs';
import type { TopicPartition } from '../runtime';
import { divideAnswers, withCluster, type DividedCluster } from './divided-answers';
import type { Protocol, Response } from './kafkajs-internals';

const [PRODUCE, FETCH, LIST_OFFSETS, METADATA, COMMIT] = [0, 1, 2, 3, 8] as const;

/** A client of kafkajs with one broker, whose requests are answered as a test says. */
function aClient() {
  const timedOut = { next: false };
  const hungUp: string[] = [];
  const connection = {
    socket: { destroy: () => void hungUp.push('destroyed') },
    rejectRequests: () => void hungUp.push('rejected'),
    disconnect: async () => void hungUp.push('disconnected'),
  };
  const node = {
    lookupRequest: () => {
      throw new Error('not connected');
    },
    connectionPool: {
      pool: [connection],
      send: async () => {
        if (timedOut.next) throw Object.assign(new Error('timed out'), { name: 'KafkaJSRequestTimeoutError' });
        return 'an answer';
      },
    },
  };
  let refreshes = 0;
  const create = () => ({
    brokerPool: { createBroker: () => node },
    refreshMetadata: async () => void refreshes++,
  });
  const kafka = { [Symbol('private:Kafka:createCluster')]: create } as unknown as Kafka;
  divideAnswers(kafka);
  divideAnswers(kafka);
  const [symbol] = Object.getOwnPropertySymbols(kafka) as [symbol];
  const make = () => (kafka as unknown as Record<symbol, () => DividedCluster>)[symbol]!();
  const { cluster } = withCluster(kafka, make);
  const broker = cluster.brokerPool.createBroker({});
  /** kafkajs's way of reading an answer, once it is divided. */
  const read = (apiKey: number, apiVersion: number, plain: Response): Response => {
    const protocol: Protocol = { request: { apiVersion }, response: plain };
    broker.lookupRequest = () => () => protocol;
    return broker.lookupRequest(apiKey, {})({}).response;
  };
  return { cluster, broker, read, timedOut, hungUp, refreshes: () => refreshes };
}

const strict: Response = {
  decode: async (raw) => raw,
  parse: async (data) => {
    for (const { partitions } of data.responses)
      for (const { errorCode } of partitions) if (errorCode !== 0) throw new Error(`error ${errorCode}`);
    return data;
  },
};

test('what was said of each partition is handed on to who has sent it', async () => {
  const said = { topics: [{ topicName: 't', partitions: [{ partition: 0, errorCode: 10 }] }] };
  expect(await aClient().read(PRODUCE, 7, strict).parse(said)).toBe(said);
});

test('a topic that cannot be had has no partitions, and one without a leader keeps its place', async () => {
  const partition = (partitionId: number, leader: number) => ({
    partitionId,
    leader,
    partitionErrorCode: leader < 0 ? 5 : 0,
  });
  const said = {
    brokers: [{ nodeId: 7 }],
    topicMetadata: [
      { topic: 'sound', topicErrorCode: 0, partitionMetadata: [partition(0, 7), partition(1, -1)] },
      { topic: 'gone', topicErrorCode: 3, partitionMetadata: [] },
      { topic: 'secret', topicErrorCode: 29, partitionMetadata: [] },
    ],
  };
  const refused: Response = { decode: async (raw) => raw, parse: () => Promise.reject(new Error('one is not there')) };
  expect(await aClient().read(METADATA, 6, refused).parse(said)).toMatchObject({
    topicMetadata: [
      { topic: 'sound', partitionMetadata: [{ leader: 7 }, { leader: 7, partitionErrorCode: 5 }] },
      { topic: 'gone', topicErrorCode: 3, partitionMetadata: [] },
      { topic: 'secret', topicErrorCode: 29, partitionMetadata: [] },
    ],
  });
});

const offsets = (...codes: number[]) => ({
  responses: [{ topic: 't', partitions: codes.map((errorCode, partition) => ({ partition, errorCode })) }],
});

test('where a topic ends is known of the partitions that say so', async () => {
  const { read } = aClient();
  expect(await read(LIST_OFFSETS, 2, strict).parse(offsets(0, 6, 3))).toEqual(offsets(0));
});

test('nothing is left to commit of a topic that is gone; that anything else was not committed is told', async () => {
  const { read } = aClient();
  expect(await read(COMMIT, 5, strict).parse(offsets(0, 3))).toEqual(offsets(0));
  await expect(read(COMMIT, 5, strict).parse(offsets(0, 3, 22))).rejects.toThrow('error 22');
});

test('a connection that does not answer is not used again', async () => {
  const { broker, timedOut, hungUp } = aClient();
  await expect(broker.connectionPool.send({})).resolves.toBe('an answer');
  expect(hungUp).toEqual([]);
  timedOut.next = true;
  await expect(broker.connectionPool.send({})).rejects.toThrow('timed out');
  expect(hungUp).toEqual(['rejected', 'disconnected', 'destroyed']);
});

/** A partition of an answer to a fetch: an error of the broker, bytes that nobody can read, or so many records. */
type Part = { readonly error: number } | { readonly garbage: number } | { readonly records: number };

const int16 = (value: number) => {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
};
const int32 = (value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
};
const int64 = (value: number) => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(BigInt(value));
  return bytes;
};
const text = (value: string) => Buffer.concat([int16(value.length), Buffer.from(value)]);

/** Varints of small positive numbers, as records have them. */
const varint = (value: number) => Buffer.from(value < 64 ? [value * 2] : [((value * 2) & 127) | 128, (value * 2) >> 7]);

function batchOf(count: number, codec = 0): Buffer {
  const records = Array.from({ length: count }, (_, index) => {
    const body = Buffer.concat([
      Buffer.from([0]),
      varint(0),
      varint(index),
      varint(1),
      Buffer.from('k'),
      varint(1),
      Buffer.from('v'),
      varint(0),
    ]);
    return Buffer.concat([varint(body.length), body]);
  });
  const inside = Buffer.concat([
    ...[int32(0), Buffer.from([2]), int32(0), int16(codec), int32(count - 1), int64(0), int64(0), int64(-1)],
    ...[int16(-1), int32(-1), int32(count), ...records],
  ]);
  return Buffer.concat([int64(0), int32(inside.length), inside]);
}

function fetchAnswer(version: number, topics: readonly (readonly Part[])[]): Buffer {
  const partition = (part: Part, number: number) => {
    const bytes =
      'error' in part
        ? Buffer.alloc(0)
        : 'garbage' in part
          ? batchOf(1, part.garbage)
          : part.records > 0
            ? batchOf(part.records)
            : Buffer.alloc(0);
    return Buffer.concat([
      ...[int32(number), int16('error' in part ? part.error : 0), int64(9), int64(9)],
      ...(version >= 5 ? [int64(0)] : []),
      int32(0),
      ...(version >= 11 ? [int32(-1)] : []),
      int32(bytes.length),
      bytes,
    ]);
  };
  return Buffer.concat([
    int32(0),
    ...(version >= 7 ? [int16(0), int32(0)] : []),
    int32(topics.length),
    ...topics.flatMap((parts, index) => [text(`topic-${index}`), int32(parts.length), ...parts.map(partition)]),
  ]);
}

const parts: fc.Arbitrary<Part> = fc.oneof(
  fc.record({ error: fc.constantFrom(2, 3, 5, 6, 29, 56, 74, 75) }),
  fc.record({ garbage: fc.constantFrom(1, 2, 3, 4) }), // the codec that it is not compressed with
  fc.record({ records: fc.integer({ min: 0, max: 4 }) }),
);

test('of any mixture, what can be read is, and of each other partition it is told why not', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(4, 5, 7, 8, 11),
      fc.array(fc.array(parts, { minLength: 1, maxLength: 5 }), { maxLength: 4 }),
      async (version, topics) => {
        const { cluster, read, refreshes } = aClient();
        const at = ({ topic, partition }: TopicPartition) => `${topic}/${partition}`;
        const failed = new Map<string, string>();
        const answered: string[] = [];
        cluster.watch = {
          failed: (of, { message }) => void failed.set(at(of), message),
          answered: (of) => void answered.push(at(of)),
        };
        const { decode, parse } = read(FETCH, version, strict);
        const data = (await parse(await decode(fetchAnswer(version, topics)))) as any;
        const readable = data.responses.flatMap((each: any) =>
          each.partitions.map((one: any) => [`${each.topicName}/${one.partition}`, one.messages.length]),
        );
        const all = topics.flatMap((each, topic) =>
          each.map((part, index) => [`topic-${topic}/${index}`, part] as const),
        );
        expect(readable).toEqual(
          all.flatMap(([where, part]) => ('records' in part && part.records > 0 ? [[where, part.records]] : [])),
        );
        expect([...failed.keys()].sort()).toEqual(
          all.flatMap(([where, part]) => ('records' in part ? [] : [where])).sort(),
        );
        expect(answered.sort()).toEqual(all.flatMap(([where, part]) => ('records' in part ? [where] : [])).sort());
        const isStale = all.some(([, part]) => 'error' in part && [3, 5, 6, 74, 75].includes(part.error));
        expect(refreshes() > 0).toBe(isStale);
      },
    ),
    { numRuns: 200 },
  );
});

test('an offset that is out of range is told as kafkajs knows it', async () => {
  const { read } = aClient();
  const { decode, parse } = read(FETCH, 11, strict);
  await expect(parse(await decode(fetchAnswer(11, [[{ records: 1 }, { error: 1 }]])))).rejects.toThrow('error 1');
});

test('a client that kafkajs makes otherwise is found out', () => {
  expect(() => divideAnswers({} as Kafka)).toThrow('kafkajs has changed');
});
