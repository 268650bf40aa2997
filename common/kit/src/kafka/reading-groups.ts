import type { TopicPartitionOffset } from '../runtime';

const freshForMs = 60_000;
const groupsMax = 500;

/** The groups that have read some topics: all groups are asked for now and then, in between those that had read something. */
export class ReadingGroups {
  private known: { readonly topics: string; readonly atMs: number; readonly ids: readonly string[] } = {
    topics: '',
    atMs: -Infinity,
    ids: [],
  };

  /** Where each of them would go on. Of a cluster with more groups than can be asked, none. */
  async positions(
    topics: readonly string[],
    allGroups: () => Promise<readonly string[]>,
    committed: (group: string) => Promise<readonly TopicPartitionOffset[]>,
  ): Promise<TopicPartitionOffset[]> {
    const nowMs = performance.now();
    const isFresh = this.known.topics === String(topics) && nowMs - this.known.atMs < freshForMs;
    const all = isFresh ? this.known.ids : await allGroups();
    const groups = all.length > groupsMax ? [] : all;
    const read = await Promise.all(groups.map(committed));
    if (!isFresh)
      this.known = { topics: String(topics), atMs: nowMs, ids: groups.filter((_, index) => read[index]!.length > 0) };
    return read.flat();
  }
}
