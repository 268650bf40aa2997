import type { Kafka } from 'kafkajs';
import { clusterFactoryOf } from './kafkajs-internals';

/**
 * Takes the places in a group away that former lives of this client have left behind: the group would otherwise wait for
 * them until their sessions are over. Only for a client id that no other living process has.
 */
export async function evict(kafka: Kafka, groupId: string, clientId: string): Promise<void> {
  const cluster = clusterFactoryOf(kafka).create({ allowAutoTopicCreation: false });
  await cluster.connect();
  try {
    const coordinator = await cluster.findGroupCoordinator({ groupId });
    const { groups } = await coordinator.describeGroups({ groupIds: [groupId] });
    const former = groups.flatMap(({ members }) => members).filter((member) => member.clientId === clientId);
    for (const { memberId } of former) await coordinator.leaveGroup({ groupId, memberId });
  } finally {
    await cluster.disconnect();
  }
}
