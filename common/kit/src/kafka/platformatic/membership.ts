import type { API, Broker, Connection } from '@platformatic/kafka';
import type { TopicPartition, TopicPartitionOffset } from '../../runtime';
import { grouped } from '../grouped';
import { UNKNOWN_TOPIC_OR_PARTITION } from '../producer-connections';
import { assignerName, shares } from '../shares';
import { within } from '../within';
import type { PlatformaticClient } from './client';
import { Cluster } from './cluster';
import { committedBy } from './committed';

const rebalanceMs = 60_000;
const joinsMax = 20;
const answeringMs = 10_000;
const leavingMs = 3_000;

const ILLEGAL_GENERATION = 22;
const UNKNOWN_MEMBER_ID = 25;
const REBALANCE_IN_PROGRESS = 27;
const MEMBER_ID_REQUIRED = 79;
const hasMovedOn = new Set([ILLEGAL_GENERATION, UNKNOWN_MEMBER_ID, REBALANCE_IN_PROGRESS]);

/** A member's place in a group until partitions move: what is committed for another one is turned away. */
export interface Seat {
  readonly memberId: string;
  readonly generation: number;
  readonly places: readonly TopicPartition[];
}

/** Speaks to a group as one of its members, over connections of its own. */
export class Membership {
  private readonly cluster: Cluster;
  private memberId = '';
  private found: Broker | undefined;
  /** Of the topics of all members, how many partitions each has that were given away; only who has given them knows. */
  private given: ReadonlyMap<string, number> | undefined;

  constructor(
    private readonly client: PlatformaticClient,
    private readonly group: string,
    private readonly sessionMs: number,
  ) {
    this.cluster = new Cluster(client, rebalanceMs + 5_000); // a group answers when all its members have come
  }

  /**
   * Takes the places away that former lives of this client have left behind: the group would otherwise wait for them until
   * their sessions are over.
   */
  async evict(clientId: string): Promise<void> {
    const { describeGroupsV4, leaveGroupV3 } = this.client.library;
    const { groups } = await this.tell(describeGroupsV4.api, [this.group], false);
    const former = groups.flatMap(({ members }) => members).filter((member) => member.clientId === clientId);
    if (former.length === 0) return;
    const seats = former.map(({ memberId }) => ({ memberId }));
    await this.tell(leaveGroupV3.api, this.group, seats);
  }

  /** Resolves when the group has given this member its partitions. */
  async join(topics: readonly string[]): Promise<Seat> {
    const { encodeConsumerProtocolSubscription: encode, joinGroupV5, syncGroupV3 } = this.client.library;
    const metadata = encode({ version: 0, topics: [...topics], userData: Buffer.alloc(0) });
    const protocols = [{ name: assignerName, version: 0, metadata }];
    for (let tries = 0; tries < joinsMax; tries++) {
      const asked = [this.group, this.sessionMs, rebalanceMs, this.memberId, null, 'consumer', protocols, ''] as const;
      const joined = await this.cluster.ask(await this.coordinator(), joinGroupV5.api, ...asked);
      if (joined.errorCode === MEMBER_ID_REQUIRED || joined.errorCode === 0) this.memberId = joined.memberId;
      if (joined.errorCode === UNKNOWN_MEMBER_ID) this.memberId = '';
      if (joined.errorCode === MEMBER_ID_REQUIRED || hasMovedOn.has(joined.errorCode)) continue;
      if (joined.errorCode !== 0) throw this.cluster.failure(joined.errorCode);
      const { memberId, generationId: generation, leader, members } = joined;
      this.given = undefined;
      const given = leader === memberId ? await this.assignments(members) : [];
      const synced = await this.cluster.ask(
        await this.coordinator(),
        ...([syncGroupV3.api, this.group, generation, memberId, null, 'consumer', assignerName, given] as const),
      );
      if (hasMovedOn.has(synced.errorCode)) continue;
      if (synced.errorCode !== 0) throw this.cluster.failure(synced.errorCode);
      return { memberId, generation, places: this.placesIn(synced.assignment) };
    }
    throw new Error(`the group has not come to rest within ${joinsMax} tries to join it`);
  }

  private async assignments(members: readonly { memberId: string; metadata?: Buffer | null }[]) {
    const { decodeConsumerProtocolSubscription, encodeConsumerProtocolAssignment } = this.client.library;
    const subscriptions = members.map(({ memberId, metadata }) => ({
      memberId,
      topics: decodeConsumerProtocolSubscription(metadata!).topics,
    }));
    const topics = [...new Set(subscriptions.flatMap((each) => each.topics))];
    await this.cluster.locate(topics, true);
    this.given = new Map(topics.map((topic) => [topic, this.cluster.partitionsOf(topic).length]));
    const given = shares(subscriptions, (topic) =>
      this.cluster.partitionsOf(topic).map(({ partitionId }) => partitionId),
    );
    return [...given].map(([memberId, assignment]) => ({
      memberId,
      assignment: encodeConsumerProtocolAssignment({
        version: 0,
        assignedPartitions: Object.entries(assignment).map(([topic, partitions]) => ({ topic, partitions })),
        userData: Buffer.alloc(0),
      }),
    }));
  }

  private placesIn(assignment: Buffer): TopicPartition[] {
    const { assignedPartitions } = this.client.library.decodeConsumerProtocolAssignment(assignment);
    return assignedPartitions.flatMap(({ topic, partitions }) => partitions.map((partition) => ({ topic, partition })));
  }

  /** Whether the seat is still ours; else it is time to join again. */
  async keeps({ memberId, generation }: Seat): Promise<boolean> {
    const { api } = this.client.library.heartbeatV3;
    const { errorCode } = await this.tell(api, this.group, generation, memberId, null);
    if (errorCode === UNKNOWN_MEMBER_ID) this.memberId = '';
    if (errorCode !== 0 && !hasMovedOn.has(errorCode)) throw this.cluster.failure(errorCode);
    return errorCode === 0 && !(await this.hasGrown());
  }

  private async hasGrown(): Promise<boolean> {
    if (!this.given) return false;
    await this.cluster.locate([]);
    return [...this.given].some(([topic, count]) => this.cluster.partitionsOf(topic).length > count);
  }

  /** What is committed of a topic that is gone is of no use to anybody. */
  async commit({ memberId, generation }: Seat, positions: readonly TopicPartitionOffset[]): Promise<void> {
    const topics = [...grouped(positions, ({ topic }) => topic)].map(([name, places]) => ({
      name,
      partitions: places.map(({ partition, offset }) => ({
        partitionIndex: partition,
        committedOffset: offset,
        committedLeaderEpoch: -1,
        committedMetadata: '',
      })),
    }));
    const { api } = this.client.library.offsetCommitV7;
    const answer = await this.tell(api, this.group, generation, memberId, null, topics);
    for (const { errorCode } of answer.topics.flatMap(({ partitions }) => partitions))
      if (errorCode !== 0 && errorCode !== UNKNOWN_TOPIC_OR_PARTITION) throw this.cluster.failure(errorCode);
  }

  committed(places: readonly TopicPartition[]): Promise<TopicPartitionOffset[]> {
    return this.soon((coordinator) => committedBy(this.cluster, coordinator, this.group, places));
  }

  /** The group is told, if it can be, and what is under way fails. */
  async leave(): Promise<void> {
    const { api } = this.client.library.leaveGroupV3;
    const { memberId } = this;
    if (memberId !== '')
      await within(leavingMs, 'the group', this.tell(api, this.group, [{ memberId }])).catch(() => {});
    await this.cluster.close();
  }

  private tell<Arguments extends unknown[], Answer>(api: API<Arguments, Answer>, ...args: Arguments): Promise<Answer> {
    return this.soon((coordinator) => this.cluster.ask(coordinator, api, ...args));
  }

  /** Only joining may take longer. */
  private soon<Answer>(question: (coordinator: Connection) => Promise<Answer>): Promise<Answer> {
    return within(answeringMs, 'the group', this.coordinator().then(question));
  }

  /** Where it has moved to another broker, everything begins anew, with a new membership. */
  private async coordinator(): Promise<Connection> {
    this.found ??= await this.cluster.coordinatorOf(this.group);
    return this.cluster.at(this.found);
  }
}
