import { AssignerProtocol, type PartitionAssigner } from 'kafkajs';
import { assignerName, shares } from './shares';

const { MemberAssignment, MemberMetadata } = AssignerProtocol;

interface Topics {
  addMultipleTargetTopics(topics: readonly string[]): Promise<void>;
  findTopicPartitionMetadata(topic: string): readonly { readonly partitionId: number }[];
}

/**
 * kafkajs's own assigners give what the leader of the group subscribes to, to everybody: while versions that listen to
 * different topics run side by side, some of them would be read by nobody.
 */
export const bySubscription: PartitionAssigner = ({ cluster }) => ({
  name: assignerName,
  version: 0,

  async assign({ members }) {
    const subscriptions = members.map(({ memberId, memberMetadata }) => ({
      memberId,
      topics: topicsOf(memberMetadata),
    }));
    const known = cluster as unknown as Topics;
    await known.addMultipleTargetTopics([...new Set(subscriptions.flatMap((each) => each.topics))]);
    const given = shares(subscriptions, (topic) =>
      known.findTopicPartitionMetadata(topic).map(({ partitionId }) => partitionId),
    );
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
