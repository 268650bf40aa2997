import {
  partitionOf,
  type ConsumerRecord,
  type Headers,
  type TopicPartition,
  type TopicPartitionOffset,
} from '../runtime';

/** A record of a simulated broker. */
export interface SimulatedRecord extends ConsumerRecord {
  /** When it came, in milliseconds since 1970. */
  readonly atMs: number;
  /** It was put there, and not published. */
  readonly injected: boolean;
}

/** A record as anybody might put it: garbage included. Without a key it goes to the first partition. */
export interface RawRecord {
  readonly topic: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers?: Headers;
}

/** Records and commits, in memory. Every topic is there as soon as it is asked for. */
export class SimulatedLog {
  /** In the order in which they came, over all topics. */
  readonly records: SimulatedRecord[] = [];
  private readonly places = new Map<string, SimulatedRecord[]>();
  private readonly commits = new Map<string, Map<string, TopicPartitionOffset>>();

  constructor(readonly partitions: number) {}

  placeOf({ topic, key }: Pick<RawRecord, 'topic' | 'key'>): TopicPartition {
    return { topic, partition: key === null ? 0 : partitionOf(key, this.partitions) };
  }

  append(records: readonly RawRecord[], injected: boolean, atMs: number): void {
    for (const { topic, key, value, headers = [] } of records) {
      const { partition } = this.placeOf({ topic, key });
      const at = this.at({ topic, partition });
      const record = { topic, partition, offset: BigInt(at.length), key, value, headers, injected, atMs };
      at.push(record);
      this.records.push(record);
    }
  }

  read(place: TopicPartition, from: number, limit: number): readonly SimulatedRecord[] {
    return this.at(place).slice(from, from + limit);
  }

  end(place: TopicPartition): number {
    return this.at(place).length;
  }

  placesOf(topics: readonly string[]): TopicPartition[] {
    return topics.flatMap((topic) => Array.from({ length: this.partitions }, (_, partition) => ({ topic, partition })));
  }

  commit(group: string, positions: readonly TopicPartitionOffset[]): void {
    let commits = this.commits.get(group);
    if (!commits) this.commits.set(group, (commits = new Map()));
    for (const { topic, partition, offset } of positions)
      commits.set(placeName({ topic, partition }), { topic, partition, offset });
  }

  /** `undefined` where the group has committed nothing. */
  committed(group: string, place: TopicPartition): TopicPartitionOffset | undefined {
    return this.commits.get(group)?.get(placeName(place));
  }

  /** What every group has committed. */
  readers(place: TopicPartition): readonly TopicPartitionOffset[] {
    return [...this.commits.keys()].flatMap((group) => this.committed(group, place) ?? []);
  }

  private at(place: TopicPartition): SimulatedRecord[] {
    const name = placeName(place);
    let records = this.places.get(name);
    if (!records) this.places.set(name, (records = []));
    return records;
  }
}

export const placeName = ({ topic, partition }: TopicPartition): string => `${topic}/${partition}`;
