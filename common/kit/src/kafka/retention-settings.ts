import type { TopicRetention } from '../runtime';

export const retentionSettings = ['retention.ms', 'segment.ms', 'cleanup.policy'] as const;
/** What a broker takes to find that a segment is old enough, and to delete it, by its defaults. */
const deletingMs = 600_000;

/**
 * A record is deleted with its segment, which is `retention.ms` after the last record that went into that; the first may be
 * older by as much as a segment takes in.
 */
export function retentionFrom(topic: string, setting: (name: string) => string | null | undefined): TopicRetention {
  const [kept, segment, policy] = retentionSettings.map(setting);
  if (kept == null || segment == null || policy == null)
    return { topic, keptMs: undefined, reason: 'the broker does not say' };
  const reason = `cleanup.policy=${policy}, retention.ms=${kept}, segment.ms=${segment}`;
  const isKept = !policy.split(',').includes('delete') || Number(kept) < 0;
  return { topic, keptMs: isKept ? Infinity : Number(kept) + Number(segment) + deletingMs, reason };
}
