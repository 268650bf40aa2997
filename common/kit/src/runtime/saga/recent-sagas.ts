import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';
import type { SagaRow } from '../ports/saga-tables';

const slotMs = 5_000;
const slotsMax = 12;
const windowSeconds = (slotMs * slotsMax) / 1_000;
/** What has lasted longer is counted as this. */
const durationMsMax = 30 * 24 * 3_600_000;

/** What this instance has done of one saga in the last `windowSeconds`. The percentiles are of how long the ended ones took. */
export interface RecentCounts {
  readonly windowSeconds: number;
  readonly begun: number;
  readonly completed: number;
  /** By code. */
  readonly rejected: Readonly<Record<string, number>>;
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
}

interface Slot {
  begun: number;
  completed: number;
  readonly rejected: Map<string, number>;
  readonly durations: RecordableHistogram;
}

/** Counts what becomes of sagas, in memory and for a minute: as many slots of a few seconds as that has, for each saga. */
export class RecentSagas {
  private readonly slots = new Map<string, Map<number, Slot>>();

  constructor(private readonly nowMs: () => number) {}

  begun(saga: string): void {
    this.slot(saga).begun++;
  }

  ended({ saga, status, code, startedAt, updatedAt }: SagaRow): void {
    const slot = this.slot(saga);
    if (status === 'completed') slot.completed++;
    else slot.rejected.set(code ?? '', (slot.rejected.get(code ?? '') ?? 0) + 1);
    const durationMs = updatedAt.getTime() - startedAt.getTime();
    slot.durations.record(Math.min(Math.max(durationMs, 1), durationMsMax));
  }

  of(saga: string): RecentCounts {
    const slots = [...this.current(saga).values()];
    const rejected: Record<string, number> = {};
    const durations = newHistogram();
    for (const slot of slots) {
      for (const [code, count] of slot.rejected) rejected[code] = (rejected[code] ?? 0) + count;
      durations.add(slot.durations);
    }
    const percentile = (percent: number) => (durations.count === 0 ? null : durations.percentile(percent));
    return {
      windowSeconds,
      begun: sumOf(slots, ({ begun }) => begun),
      completed: sumOf(slots, ({ completed }) => completed),
      rejected,
      p50Ms: percentile(50),
      p99Ms: percentile(99),
    };
  }

  private slot(saga: string): Slot {
    const current = this.current(saga);
    const number = this.number;
    let slot = current.get(number);
    if (!slot) current.set(number, (slot = newSlot()));
    return slot;
  }

  /** Without what is over. */
  private current(saga: string): Map<number, Slot> {
    let slots = this.slots.get(saga);
    if (!slots) this.slots.set(saga, (slots = new Map()));
    for (const number of slots.keys()) if (number <= this.number - slotsMax) slots.delete(number);
    return slots;
  }

  private get number(): number {
    return Math.floor(this.nowMs() / slotMs);
  }
}

const newHistogram = () => createHistogram({ lowest: 1, highest: durationMsMax, figures: 2 });
const newSlot = (): Slot => ({ begun: 0, completed: 0, rejected: new Map(), durations: newHistogram() });
const sumOf = (slots: readonly Slot[], count: (slot: Slot) => number): number =>
  slots.reduce((sum, slot) => sum + count(slot), 0);
