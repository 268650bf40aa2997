import type { Message } from 'kafkajs';
import type { GarbageRecord } from './kinds';

/** Names a record's kind where it was parked. */
export const kindHeader = 'kind-of-garbage';

export function messageOf({
  kind,
  key,
  value,
  headers = [],
  timestampMs,
}: GarbageRecord & { readonly kind: string }): Message {
  const named: Record<string, Buffer[]> = Object.create(null);
  for (const [name, bytes] of [...headers, [kindHeader, Buffer.from(kind)] as const])
    (named[name] ??= []).push(bytes ?? Buffer.alloc(0));
  return { key, value, headers: named, ...(timestampMs !== undefined && { timestamp: `${timestampMs}` }) };
}
