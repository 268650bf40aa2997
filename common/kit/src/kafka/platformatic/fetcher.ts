import { setTimeout } from 'node:timers/promises';
import { backOffMs, type ConsumerRecord, type TopicPartition, type TopicPartitionOffset } from '../../runtime';
import { grouped } from '../grouped';
import type { PlatformaticClient } from './client';
import { Cluster } from './cluster';
import { fetchedFrom, type Fetched } from './fetched';
import { earliest, offsetsAt, READ_COMMITTED } from './offsets';

const maxWaitMs = 1_000; // a record ends the waiting; an empty answer every few milliseconds is nothing but work
const partitionBytesMax = 256 * 1024;
const bytesMax = 10 * 1024 * 1024;
const FETCH = 1;
const OFFSET_OUT_OF_RANGE = 1;
const pauses = { firstMs: 100, mostMs: 5_000 };
/** A broker that restarts is not worth a word: its partitions have other leaders soon. */
const silentTries = 3;

/** Who is handed what was fetched. */
export interface FetchReceiver {
  isOpen(place: TopicPartition): boolean;
  receive(records: readonly ConsumerRecord[]): void;
  /** A broker has answered. */
  heard(): void;
  answered(place: TopicPartition): void;
  /** `errorCode`: what the broker says; 0: it is not the broker. */
  failed(place: TopicPartition, errorCode: number, error: Error): void;
}

interface Partition extends TopicPartition {
  /** The next record; `undefined`: wherever the partition begins. */
  next: bigint | undefined;
}

/**
 * Fetches what a member of a group was given, over connections of its own, until it is closed. Each leader is asked for all of
 * its partitions that are open, one question at a time.
 */
export class Fetcher {
  private readonly cluster: Cluster;
  private readonly partitions: Map<string, Partition>;
  private readonly asking = new Set<number>();
  /** By leader: how often it has not answered, one after the other. */
  private readonly silences = new Map<number, number>();
  private isStale = true;
  private isClosed = false;

  constructor(
    client: PlatformaticClient,
    places: readonly TopicPartition[],
    positions: readonly TopicPartitionOffset[],
    private readonly receiver: FetchReceiver,
  ) {
    this.cluster = new Cluster(client);
    this.partitions = new Map(places.map((place) => [keyOf(place), { ...place, next: undefined }]));
    for (const position of positions) this.partitions.get(keyOf(position))!.next = position.offset;
  }

  /** Finds out who leads the partitions. */
  private async locate(): Promise<void> {
    const isStale = this.isStale;
    this.isStale = false;
    await this.cluster.locate([...new Set([...this.partitions.values()].map(({ topic }) => topic))], isStale);
  }

  /** Asks whoever leads open partitions and is not being asked. */
  goOn(): void {
    if (this.isClosed) return;
    const leaders = new Set(
      [...this.partitions.values()].filter(this.isOpen).map((each) => this.cluster.leaderOf(each)),
    );
    for (const leader of leaders)
      if (!this.asking.has(leader)) {
        this.asking.add(leader);
        void this.ask(leader);
      }
  }

  async close(): Promise<void> {
    this.isClosed = true;
    await this.cluster.close();
  }

  private readonly isOpen = (place: TopicPartition): boolean => this.receiver.isOpen(place);

  private async ask(leader: number): Promise<void> {
    try {
      await this.locate();
      await this.begin(leader);
      const open = this.openOf(leader).filter(({ next }) => next !== undefined);
      const answers = open.length > 0 ? await this.fetch(leader, open) : [];
      this.silences.delete(leader);
      for (const answer of answers) this.take(answer);
    } catch (error) {
      await this.waitFor(leader, error as Error);
    }
    this.asking.delete(leader);
    this.goOn();
  }

  private openOf(leader: number): Partition[] {
    return [...this.partitions.values()].filter((each) => this.cluster.leaderOf(each) === leader && this.isOpen(each));
  }

  /** What nobody has committed anything of, and what was deleted below its position, begins where there is something. */
  private async begin(leader: number): Promise<void> {
    const places = this.openOf(leader).filter(({ next }) => next === undefined);
    if (places.length === 0) return;
    for (const { offset, errorCode, ...place } of await offsetsAt(this.cluster, leader, earliest, places)) {
      if (errorCode !== 0) this.fail(place, errorCode);
      else this.partitions.get(keyOf(place))!.next = offset;
    }
  }

  private async fetch(leader: number, places: readonly Partition[]): Promise<Fetched[]> {
    const { library } = this.cluster.client;
    const connection = await this.cluster.node(leader);
    const asked = new Map(places.map((place) => [keyOf(place), place.next!]));
    const topics = [...grouped(places, ({ topic }) => topic)].map(([topicId, own]) => ({
      topicId,
      partitions: own.map(({ partition, next }) => ({
        partition,
        fetchOffset: next!,
        partitionMaxBytes: partitionBytesMax,
        currentLeaderEpoch: -1,
        lastFetchedEpoch: -1,
      })),
    }));
    const answer = await new Promise<Fetched[]>((resolve, reject) =>
      connection.send(
        FETCH,
        library.fetchV11.api.version,
        () => library.fetchV11.createRequest(maxWaitMs, 1, bytesMax, READ_COMMITTED, 0, -1, topics, [], ''),
        (_id, _key, _version, reader) => fetchedFrom(library, reader, (place) => asked.get(keyOf(place))!),
        false,
        false,
        (error, fetched) => (error ? reject(error) : resolve(fetched!)),
      ),
    );
    this.receiver.heard();
    // While its leader changes, a partition may be asked about twice: only the first answer is believed.
    return answer.filter((place) => this.partitions.get(keyOf(place))!.next === asked.get(keyOf(place)));
  }

  private take({ topic, partition, errorCode, records, next, unreadable }: Fetched): void {
    if (this.isClosed) return;
    const place = { topic, partition };
    if (errorCode === OFFSET_OUT_OF_RANGE) this.partitions.get(keyOf(place))!.next = undefined;
    else if (errorCode !== 0) this.fail(place, errorCode);
    else if (unreadable) this.receiver.failed(place, 0, unreadable);
    else {
      this.receiver.answered(place);
      if (records.length === 0) return void (this.partitions.get(keyOf(place))!.next = next);
      this.partitions.delete(keyOf(place)); // who had something is asked for last: an answer has room for so much
      this.partitions.set(keyOf(place), { ...place, next });
      this.receiver.receive(records);
    }
  }

  private fail(place: TopicPartition, errorCode: number): void {
    this.isStale = true;
    this.receiver.failed(place, errorCode, this.cluster.failure(errorCode));
  }

  private async waitFor(leader: number, error: Error): Promise<void> {
    if (this.isClosed) return;
    this.isStale = true;
    const tries = (this.silences.get(leader) ?? 0) + 1;
    this.silences.set(leader, tries);
    if (tries > silentTries) for (const place of this.openOf(leader)) this.receiver.failed(place, 0, error);
    await setTimeout(backOffMs(tries, pauses, Math.random()), undefined, { ref: false });
  }
}

const keyOf = ({ topic, partition }: TopicPartition): string => `${topic}/${partition}`;
