import type { Clock } from '../../ports';
import type { Saga } from '../../saga';
import type { Broker, TopicPartition } from '../ports/broker';
import { partitionOf } from '../ports/partitioner';

export const lookAtReadersEveryMs = 5_000;

/** Where a partition ended, and how far the one who has read most of it was, at a time of the service's clock. */
interface Sample {
  readonly atMs: number;
  readonly end: bigint;
  readonly read: bigint;
}

/** Kept of a partition that is never read to its end. */
const samplesMax = 400;
/** How far back it is looked at a start, and at how many times in between. */
const pastMsMax = 7 * 24 * 3_600_000;
const pastSamples = 32;
/** After a start, those who read may be starting, too. */
const settlingMs = 30_000;

/**
 * Sees until when commands have waited unread, from how far their readers were from time to time: as long as these work
 * through what was sent before. Who reads nothing more, because they are gone or paused, is not waited for.
 */
export class UnreadCommands {
  private readonly samples = new Map<string, Sample[]>();
  private readonly partitions = new Map<string, number>();
  private readonly topics: readonly string[];
  private isFirst = true;
  private settledMs = 0;

  /** A broker that does not tell of readers proves nothing. */
  constructor(
    private readonly broker: Broker,
    sagas: readonly Saga[],
    private readonly clock: Pick<Clock, 'now'>,
  ) {
    this.topics = [...new Set(sagas.flatMap(({ steps }) => steps.map((step) => step.do.topic)))];
  }

  async look(): Promise<void> {
    if (!this.broker.readers || this.topics.length === 0) return;
    const ends = await this.broker.ends(this.topics);
    const atMs = this.clock.now().getTime(); // what is sent from now on is behind these ends
    const readers = await this.broker.readers(this.topics);
    const readTopics = new Set(readers.map(({ topic }) => topic));
    const furthest = new Map<string, bigint>();
    for (const { offset, ...place } of readers)
      if (offset > (furthest.get(keyOf(place)) ?? 0n)) furthest.set(keyOf(place), offset);
    if (this.isFirst) {
      const unread = ends.filter((end) => readTopics.has(end.topic) && (furthest.get(keyOf(end)) ?? 0n) < end.offset);
      await this.lookBack(unread, furthest, atMs);
    }
    this.isFirst = false;
    this.partitions.clear();
    for (const { topic, partition, offset: end } of ends) {
      this.partitions.set(topic, Math.max(this.partitions.get(topic) ?? 0, partition + 1));
      const key = keyOf({ topic, partition });
      if (readTopics.has(topic)) this.add(key, { atMs, end, read: furthest.get(key) ?? 0n });
      else this.samples.delete(key);
    }
  }

  /** When a command that was asked at `askedMs` was last seen to wait unread; `undefined`: it was not seen to. */
  untilMs(topic: string, key: string, askedMs: number): number | undefined {
    const count = this.partitions.get(topic);
    if (count === undefined) return undefined;
    const samples = this.samples.get(keyOf({ topic, partition: partitionOf(Buffer.from(key), count) })) ?? [];
    const before = samples.findLast(({ atMs }) => atMs <= askedMs);
    if (!before) return undefined;
    const progressing = samples.findLastIndex(
      ({ atMs, read }, index) => index > 0 && (read > samples[index - 1]!.read || atMs < this.settledMs),
    );
    const unread = samples.slice(0, progressing + 1).findLast(({ read }) => read <= before.end);
    return unread && unread.atMs > askedMs ? unread.atMs : undefined;
  }

  /** What was sent before this process began, and is not read: how far partitions went then, their records tell. */
  private async lookBack(
    unread: readonly TopicPartition[],
    furthest: ReadonlyMap<string, bigint>,
    atMs: number,
  ): Promise<void> {
    const samples = new Map<string, Sample[]>(unread.map((place) => [keyOf(place), []]));
    const readOf = (place: TopicPartition) => furthest.get(keyOf(place)) ?? 0n;
    const topics = [...new Set(unread.map(({ topic }) => topic))];
    if (!this.broker.endsAt || topics.length === 0) return;
    const endsAt = async (ms: number) =>
      (await this.broker.endsAt!(topics, new Date(ms))).filter((end) => samples.has(keyOf(end)));
    let pastMs = lookAtReadersEveryMs;
    while (pastMs < pastMsMax && (await endsAt(atMs - pastMs)).some((end) => end.offset > readOf(end))) pastMs *= 2;
    for (let index = 0; index < pastSamples; index++) {
      const sampledMs = atMs - pastMs + (pastMs * index) / pastSamples;
      for (const end of await endsAt(sampledMs))
        samples.get(keyOf(end))!.push({ atMs: sampledMs, end: end.offset, read: readOf(end) });
    }
    for (const [key, each] of samples) this.samples.set(key, each); // all of it or, where the broker fails, nothing yet
    this.settledMs = atMs + settlingMs;
  }

  /** Of what was sent before everything was read, nothing waits. */
  private add(key: string, sample: Sample): void {
    const known = this.samples.get(key);
    if (!known || sample.read >= sample.end) return void this.samples.set(key, [sample]);
    known.push(sample);
    if (known.length > samplesMax) known.shift();
  }
}

const keyOf = ({ topic, partition }: TopicPartition): string => `${topic}/${partition}`;
