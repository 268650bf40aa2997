import type { Kafka } from 'kafkajs';
import type { TopicPartition } from '../runtime';
import { clusterFactoryOf, decodeMessages, errorOf, NewDecoder } from './kafkajs-internals';
import type { Cluster, Decoder, Lookup, Node, Protocol, Response } from './kafkajs-internals';

/** Is told of the partitions that a consumer asked for: which could not be fetched or read, and which could. */
export interface FetchWatch {
  failed(of: TopicPartition, error: Error): void;
  answered(of: TopicPartition): void;
}

/** A cluster that was made by a client whose answers are divided. */
export interface DividedCluster extends Cluster {
  watch?: FetchWatch;
}

const made = new WeakMap<Kafka, { latest: DividedCluster | undefined }>();

/**
 * An answer of Kafka holds a verdict for each partition. kafkajs takes the first error for the answer to all of them: one
 * topic without a leader, and no metadata is known; one partition that cannot be read, and the consumer stops; one that is
 * refused, and nobody knows what became of the others. From now on, everything that this client makes hands on what was
 * said of each; what nobody asks about twice (a deleted topic's offsets) is left out. Applied twice, it is applied once.
 */
export function divideAnswers(kafka: Kafka): void {
  if (made.has(kafka)) return;
  const latest: { latest: DividedCluster | undefined } = { latest: undefined };
  made.set(kafka, latest);
  const factory = clusterFactoryOf(kafka);
  factory.replace((options) => {
    const cluster: DividedCluster = factory.create.call(kafka, options);
    const { brokerPool } = cluster;
    const { createBroker } = brokerPool;
    brokerPool.createBroker = (broker) => divided(createBroker(broker), cluster);
    return (latest.latest = cluster);
  });
}

/** What `make` returns, and the cluster that it is on. */
export function withCluster<T>(kafka: Kafka, make: () => T): { readonly client: T; readonly cluster: DividedCluster } {
  const client = make();
  const cluster = made.get(kafka)?.latest;
  if (!cluster) throw new Error('kafkajs has changed: see to how a client gets its cluster in divided-answers.ts');
  return { client, cluster };
}

function divided(node: Node, cluster: DividedCluster): Node {
  let lookup = node.lookupRequest;
  Object.defineProperty(node, 'lookupRequest', {
    get: () => lookup,
    set: (plain: Lookup) => {
      lookup = (apiKey, definitions) => {
        const request = plain(apiKey, definitions);
        const divide = byApiKey[apiKey];
        return divide ? (args) => withResponse(request(args), divide, cluster) : request;
      };
    },
  });
  const { connectionPool } = node;
  const send = connectionPool.send.bind(connectionPool);
  // A connection that does not answer is not used again: it may be half open, and would not answer for a quarter of an hour.
  connectionPool.send = (request) =>
    send(request).catch((error: Error) => {
      if (error.name === 'KafkaJSRequestTimeoutError') hangUp(node, error);
      throw error;
    });
  return node;
}

export function hangUp({ connectionPool }: Node, why: Error): void {
  for (const connection of connectionPool.pool) {
    const { socket } = connection;
    connection.rejectRequests(why);
    connection.disconnect().catch(() => {}); // it is given up
    socket?.destroy(); // or what it says later would be read as the next one's answer
  }
}

type Divide = (response: Response, version: number, cluster: DividedCluster) => Response;

const withResponse = (protocol: Protocol, divide: Divide, cluster: DividedCluster): Protocol => ({
  ...protocol,
  response: divide(protocol.response, protocol.request.apiVersion, cluster),
});

/** By the numbers of Kafka's protocol. */
const byApiKey: Readonly<Record<number, Divide>> = {
  0: ({ decode }) => ({ decode, parse: async (data) => data }), // produce: who has sent looks at each partition
  1: dividedFetch,
  2: ({ decode, parse }) => ({ decode, parse: (data) => parse(withoutErrors(data, () => true)) }), // list offsets
  3: ({ decode }) => ({ decode, parse: async (data) => dividedMetadata(data) }),
  8: ({ decode, parse }) => ({ decode, parse: (data) => parse(withoutErrors(data, isGone)) }), // commit offsets
};

const OFFSET_OUT_OF_RANGE = 1;
const UNKNOWN_TOPIC_OR_PARTITION = 3;
/** What a fresh look at the metadata may mend: no leader, another leader, another epoch. */
const staleCodes = new Set([UNKNOWN_TOPIC_OR_PARTITION, 5, 6, 9, 74, 75]);
const isGone = (code: number): boolean => code === UNKNOWN_TOPIC_OR_PARTITION;

interface Verdict {
  readonly partition: number;
  readonly errorCode: number;
}
interface Verdicts<V extends Verdict> {
  readonly responses: readonly { readonly partitions: readonly V[] }[];
}

/** An answer without the partitions of which it says one of these errors. */
const withoutErrors = <V extends Verdict, A extends Verdicts<V>>(answer: A, which: (code: number) => boolean): A => ({
  ...answer,
  responses: answer.responses.map((topic) => ({
    ...topic,
    partitions: topic.partitions.filter(({ errorCode }) => errorCode === 0 || !which(errorCode)),
  })),
});

/**
 * A topic that cannot be had has no partitions. One without a leader keeps its place, so that keys stay in their partitions;
 * whoever asks the broker that stands in for its leader is told that it is none.
 */
function dividedMetadata(data: any): unknown {
  const standIn: number = data.brokers[0]?.nodeId ?? -1;
  const withLeader = (partition: any) => (partition.leader >= 0 ? partition : { ...partition, leader: standIn });
  return {
    ...data,
    topicMetadata: data.topicMetadata.map((topic: any) => ({
      ...topic,
      partitionMetadata: topic.topicErrorCode === 0 ? topic.partitionMetadata.map(withLeader) : [],
    })),
  };
}

/** What was fetched, with the partitions that brought something; the others are told to whoever watches. */
function dividedFetch(response: Response, version: number, cluster: DividedCluster): Response {
  if (version < 4) return response;
  const parse = async (data: Fetched) => {
    for (const { topicName, partitions } of data.responses)
      for (const { partition, errorCode } of partitions)
        if (errorCode === OFFSET_OUT_OF_RANGE)
          await response.parse({ responses: [{ topicName, partitions: [{ partition, errorCode }] }] }); // throws
    return { ...data, responses: data.responses.map((topic) => withRecords(topic, cluster)) };
  };
  return { decode: (rawData) => decodeFetch(new NewDecoder(rawData), version), parse };
}

function withRecords({ topicName: topic, partitions }: FetchedTopic, cluster: DividedCluster): FetchedTopic {
  const { watch } = cluster;
  const full: FetchedPartition[] = [];
  for (const each of partitions) {
    const { partition, errorCode, unreadable, messages } = each;
    const error = errorCode === 0 ? unreadable : errorOf(errorCode);
    if (error) watch?.failed({ topic, partition }, error);
    else watch?.answered({ topic, partition });
    if (!error && messages.length > 0) full.push(each);
    if (staleCodes.has(errorCode)) void cluster.refreshMetadata().catch(() => {}); // it is asked for again before it is used
  }
  return { topicName: topic, partitions: full };
}

interface Fetched {
  readonly responses: readonly FetchedTopic[];
}
interface FetchedTopic {
  readonly topicName: string;
  readonly partitions: readonly FetchedPartition[];
}
interface FetchedPartition extends Verdict {
  readonly messages: readonly unknown[];
  readonly unreadable?: Error;
}

/** As kafkajs does it, but for what it does with records that it cannot read: it would read none of any partition. */
async function decodeFetch(decoder: Decoder, version: number): Promise<Fetched> {
  const clientSideThrottleTime = decoder.readInt32();
  if (version >= 7) decoder.offset += 6; // the error and the id of a session, which we do not have
  const responses: FetchedTopic[] = [];
  for (let topics = decoder.readInt32(); topics > 0; topics--) {
    const topicName = decoder.readString();
    const partitions: FetchedPartition[] = [];
    for (let count = decoder.readInt32(); count > 0; count--) partitions.push(await decodePartition(decoder, version));
    responses.push({ topicName, partitions });
  }
  return Object.assign({ responses }, version >= 8 ? { throttleTime: 0, clientSideThrottleTime } : {});
}

const abortedTransaction = (decoder: Decoder) => ({
  producerId: decoder.readInt64().toString(),
  firstOffset: decoder.readInt64().toString(),
});

async function decodePartition(decoder: Decoder, version: number): Promise<FetchedPartition> {
  const head = {
    partition: decoder.readInt32(),
    errorCode: decoder.readInt16(),
    highWatermark: decoder.readInt64().toString(),
    lastStableOffset: decoder.readInt64().toString(),
    lastStartOffset: version >= 5 ? decoder.readInt64().toString() : undefined,
    abortedTransactions: decoder.readArray(abortedTransaction),
    preferredReadReplica: version >= 11 ? decoder.readInt32() : undefined,
  };
  const at = decoder.offset;
  try {
    return { ...head, messages: await decodeMessages(decoder) };
  } catch (error) {
    decoder.offset = at + 4 + Math.max(decoder.buffer.readInt32BE(at), 0);
    return { ...head, messages: [], unreadable: error as Error };
  }
}
