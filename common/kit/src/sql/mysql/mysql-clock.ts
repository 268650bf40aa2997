import type { DatabaseClock } from '../../runtime';
import type { SqlAccess } from '../sql-reader';

/** Without a detour over a time zone, in which an hour may come twice. */
const now = "select timestampdiff(microsecond, '1970-01-01', utc_timestamp(6)) as micros";

export const mysqlClock = ({ look }: SqlAccess): DatabaseClock => ({
  nowMs: async () => {
    const [rows]: { micros: number }[][] = await look(async (knex) => knex.raw(now));
    return Number(rows![0]!.micros) / 1_000;
  },
});
