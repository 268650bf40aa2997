/** What all members of a group have to call the way in which partitions are shared, whatever client they use. */
export const assignerName = 'saga-kit';

export interface MemberTopics {
  readonly memberId: string;
  readonly topics: readonly string[];
}

/** Gives each partition to the member that has the fewest of those who subscribe to its topic. */
export function shares(
  members: readonly MemberTopics[],
  partitionsOf: (topic: string) => readonly number[],
): ReadonlyMap<string, Readonly<Record<string, number[]>>> {
  const sorted = [...members].sort((one, other) => (one.memberId < other.memberId ? -1 : 1));
  const given = new Map<string, Record<string, number[]>>(sorted.map(({ memberId }) => [memberId, {}]));
  const counts = new Map<string, number>();
  for (const topic of [...new Set(members.flatMap(({ topics }) => topics))].sort()) {
    const takers = sorted.filter(({ topics }) => topics.includes(topic)).map(({ memberId }) => memberId);
    for (const partition of [...partitionsOf(topic)].sort((one, other) => one - other)) {
      const taker = takers.reduce((least, each) => (count(counts, each) < count(counts, least) ? each : least));
      (given.get(taker)![topic] ??= []).push(partition);
      counts.set(taker, count(counts, taker) + 1);
    }
  }
  return given;
}

const count = (counts: ReadonlyMap<string, number>, member: string): number => counts.get(member) ?? 0;
