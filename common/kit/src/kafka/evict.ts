import type { Kafka } from 'kafkajs';

/** What kafkajs does not give away: a connection to the broker that keeps a group. */
interface Cluster {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  findGroupCoordinator(group: { groupId: string }): Promise<Coordinator>;
}
interface Coordinator {
  describeGroups(groups: { groupIds: string[] }): Promise<{ groups: readonly { members: readonly Member[] }[] }>;
  leaveGroup(member: { groupId: string; memberId: string }): Promise<unknown>;
}
interface Member {
  readonly memberId: string;
  readonly clientId: string;
}

/**
 * Takes the seats in a group away that former lives of this client have left behind: the group would otherwise wait for
 * them until their sessions are over. Only for a client id that no other living process has.
 */
export async function evict(kafka: Kafka, groupId: string, clientId: string): Promise<void> {
  const cluster = clusterOf(kafka);
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

/** Throws when kafkajs is not the one that this was made for. */
function clusterOf(kafka: Kafka): Cluster {
  const symbol = Object.getOwnPropertySymbols(kafka).find(
    ({ description }) => description === 'private:Kafka:createCluster',
  );
  const create = symbol && (kafka as unknown as Record<symbol, (options: object) => Cluster>)[symbol];
  if (!create) throw new Error('kafkajs has changed: see to the former members of a group in evict.ts');
  return create({ allowAutoTopicCreation: false });
}
