import { mysqlRows } from '../books';

/** An order that nobody has answered in time. Milliseconds since 1970. */
export interface LateOrder {
  readonly orderId: string;
  readonly fromMs: number;
  readonly untilMs: number;
}

/** The deadline of a step is 60 s. Whoever was gone for most of it may be late with the answer: others join, it is read, and sent. */
const outlivesMs = 45_000;

export async function lateOnes(url: string, database: string): Promise<LateOrder[]> {
  const sql =
    "select substring_index(id, '/', -1) as orderId, started_at as fromMs, updated_at as untilMs from kit_sagas where code = 'DEADLINE_EXCEEDED'";
  return (await mysqlRows<LateOrder>(url, database, sql)).map((each) => ({
    ...each,
    fromMs: Number(each.fromMs),
    untilMs: Number(each.untilMs),
  }));
}

/** Those that were open while one fault went on for so long: an outage is no reason, but a participant that is gone for as long as its deadline is. */
export function outlived(
  late: readonly LateOrder[],
  faults: readonly (readonly [fromMs: number, untilMs: number])[],
): ReadonlySet<string> {
  const isOutlived = ({ fromMs, untilMs }: LateOrder) =>
    faults.some(([from, until]) => Math.min(until, untilMs) - Math.max(from, fromMs) >= outlivesMs);
  return new Set(late.filter(isOutlived).map(({ orderId }) => orderId));
}
