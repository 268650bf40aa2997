/** A topic as a broker has it. */
export interface Topic {
  readonly name: string;
  readonly partitions: number;
  /** Copies of the partition that has fewest. */
  readonly replication: number;
  /** As Kafka names and writes them. */
  readonly config: Readonly<Record<string, string>>;
}

/** What every topic should be like. */
export interface WantedShape {
  readonly partitions: number;
  readonly replication: number;
  readonly retentionHours: number;
}

export interface TopicPlan {
  readonly topic: string;
  readonly status: 'missing' | 'created' | 'fine' | 'differs';
  /** What differs and why that matters, as sentences. */
  readonly differences: readonly string[];
}

/** Compares; pure. What is there is never altered, as each alteration would need somebody who knows why it is as it is. */
export const planOf = (
  names: readonly string[],
  wanted: WantedShape,
  there: ReadonlyMap<string, Topic>,
): readonly TopicPlan[] =>
  names.map((topic): TopicPlan => {
    const existing = there.get(topic);
    if (!existing) return { topic, status: 'missing', differences: [] };
    const differences = differencesOf(existing, wanted);
    return { topic, status: differences.length > 0 ? 'differs' : 'fine', differences };
  });

/** A topic that is to be made. With three copies, two have to have a record before it counts as sent. */
export const topicConfig = (topic: string, { partitions, replication, retentionHours }: WantedShape) => ({
  topic,
  numPartitions: partitions,
  replicationFactor: replication,
  configEntries: Object.entries({
    'cleanup.policy': 'delete',
    'retention.ms': String(retentionHours * msPerHour),
    'retention.bytes': '-1',
    'min.insync.replicas': String(insyncFor(replication)),
    'unclean.leader.election.enable': 'false',
    'max.message.bytes': String(kafkasOwnBytes), // a broker may have another default
  }).map(([name, value]) => ({ name, value })),
});

const msPerHour = 3_600_000;
/** The largest value that a service sends. Its key, and what Kafka writes around both, take some more. */
export const valueBytesMax = 800_000;
const aroundBytes = 1_000;
/** What Kafka takes, if nobody says otherwise. */
const kafkasOwnBytes = 1_048_588;
/** What a service can read; `producer` and `none` are as it was sent. */
const readable = ['producer', 'none', 'uncompressed', 'gzip', 'snappy', 'lz4', 'zstd'];
const insyncFor = (replication: number): number => (replication >= 3 ? 2 : 1);

function differencesOf({ partitions, replication, config }: Topic, wanted: WantedShape): string[] {
  const differences: string[] = [];
  const differs = (when: boolean, sentence: string) => void (when && differences.push(sentence));
  const number = (name: string) => Number(config[name] ?? NaN); // NaN differs from nothing: it was not told to us
  differs(
    partitions < wanted.partitions,
    `it has ${partitions} partitions and not ${wanted.partitions}; more would part the later messages of a key from the earlier ones, so grow it only while nothing is in it`,
  );
  differs(
    replication < wanted.replication,
    replication === 1
      ? `it has 1 copy and not ${wanted.replication}, so nothing is sent or read while one broker is away: reassign its partitions`
      : `it has ${replication} copies and not ${wanted.replication}: reassign its partitions`,
  );
  const retentionMs = number('retention.ms');
  differs(
    retentionMs >= 0 && retentionMs < wanted.retentionHours * msPerHour,
    `retention.ms keeps messages for ${retentionMs / msPerHour} hours and not ${wanted.retentionHours}: what a service has not read by then is lost`,
  );
  const retentionBytes = number('retention.bytes');
  differs(
    retentionBytes >= 0,
    `retention.bytes is ${retentionBytes}: much traffic pushes out what was not read yet; set it to -1`,
  );
  differs(
    (config['cleanup.policy'] ?? '').includes('compact'),
    'cleanup.policy compacts: of all messages of a saga only the last would stay; set it to delete',
  );
  const insync = number('min.insync.replicas');
  differs(insync > replication, `min.insync.replicas is ${insync} of ${replication} copies: nothing can be sent`);
  differs(
    insync < insyncFor(replication),
    `min.insync.replicas is ${insync} of ${replication} copies: a message counts as sent that one broker alone has; set it to ${insyncFor(replication)}`,
  );
  differs(
    config['unclean.leader.election.enable'] === 'true',
    'unclean.leader.election.enable lets a copy that lacks messages take over: set it to false',
  );
  const bytes = number('max.message.bytes');
  differs(
    bytes < valueBytesMax + aroundBytes,
    `max.message.bytes is ${bytes}, and a service sends values of up to ${valueBytesMax} bytes with ${aroundBytes} around them: set it to ${kafkasOwnBytes}`,
  );
  const compression = config['compression.type'];
  differs(
    compression !== undefined && !readable.includes(compression),
    `compression.type is ${compression}, which a service cannot read: set it to producer, or to one of ${readable.slice(2).join(', ')}`,
  );
  return differences;
}
