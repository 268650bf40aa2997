import { AssignerProtocol, type PartitionAssigner } from 'kafkajs';

const { MemberAssignment, MemberMetadata } = AssignerProtocol;

interface Topics {
  addMultipleTargetTopics(topics: readonly string[]): Promise<void>;
  findTopicPartitionMetadata(topic: string): readonly { readonly partitionId: number }[];
}

/**
 * Gives each partition to the member that has the fewest of those who subscribe to its topic. kafkajs's own assigners give
 * what the leader of the group subscribes to, to everybody: while versions that listen to different topics run side by
 * side, some of them would be read by nobody.
 */
export const bySubscription: PartitionAssigner = ({ cluster }) => ({
  name: 'saga-kit',
  version: 0,

  async assign({ members }) {
    const subscriptions = members
      .map(({ memberId, memberMetadata }) => ({ memberId, topics: topicsOf(memberMetadata) }))
      .sort((one, other) => (one.memberId < other.memberId ? -1 : 1));
    const topics = [...new Set(subscriptions.flatMap((each) => each.topics))].sort();
    const known = cluster as unknown as Topics;
    await known.addMultipleTargetTopics(topics);
    const given = new Map<string, Record<string, number[]>>(subscriptions.map(({ memberId }) => [memberId, {}]));
    const counts = new Map<string, number>();
    for (const topic of topics) {
      const takers = subscriptions.filter((each) => each.topics.includes(topic)).map(({ memberId }) => memberId);
      for (const { partitionId } of [...known.findTopicPartitionMetadata(topic)].sort(byNumber)) {
        const taker = takers.reduce((least, each) => (count(counts, each) < count(counts, least) ? each : least));
        (given.get(taker)![topic] ??= []).push(partitionId);
        counts.set(taker, count(counts, taker) + 1);
      }
    }
    return [...given].map(([memberId, assignment]) => ({
      memberId,
      memberAssignment: MemberAssignment.encode({ version: this.version, assignment, userData: Buffer.alloc(0) }),
    }));
  },

  protocol({ topics }) {
    const metadata = MemberMetadata.encode({ version: this.version, topics, userData: Buffer.alloc(0) });
    return { name: this.name, metadata };
  },
});

const topicsOf = (metadata: Buffer): readonly string[] => MemberMetadata.decode(metadata)?.topics ?? [];
const count = (counts: ReadonlyMap<string, number>, member: string): number => counts.get(member) ?? 0;
const byNumber = (one: { partitionId: number }, other: { partitionId: number }) => one.partitionId - other.partitionId;
