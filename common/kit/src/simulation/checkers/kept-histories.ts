import { historyIn, type HistoryRow, type SagaRow } from '../../runtime';
import type { Written } from './facts';

/** What each write of a saga's row has put into its history, changed there, or left out, as if each message had a row of its own. */
export function* linesWritten(writes: Iterable<Written<SagaRow>>): Iterable<Written<HistoryRow>> {
  const known = new Map<string, ReadonlyMap<string, HistoryRow>>();
  for (const write of writes) {
    if (!write.item) continue; // with the saga everything is gone
    const saga = `${write.service} ${write.id}`;
    const before = known.get(saga) ?? new Map<string, HistoryRow>();
    const lines = historyIn(write.item);
    const now = new Map<string, HistoryRow>();
    for (const item of lines) {
      const was = now.has(item.id) ? undefined : before.get(item.id); // one that is there twice was put there once more
      now.set(item.id, item);
      if (!was) yield { ...write, write: 'insert', id: item.id, item };
      else if (!isSame(was, item)) yield { ...write, write: 'upsert', id: item.id, item };
    }
    for (const id of before.keys()) if (!now.has(id)) yield { ...write, write: 'delete', id, item: undefined };
    known.set(saga, now);
  }
}

const isSame = (a: HistoryRow, b: HistoryRow): boolean => JSON.stringify(a) === JSON.stringify(b);
