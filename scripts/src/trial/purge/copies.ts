import { slotOf } from 'saga-kit/runtime';
import type { Databases } from './databases';

const dayMs = 86_400_000;
const hexDigits = 8;
/** The tables whose rows go by age: by which column, which one has an index, and how the id of the process is found. */
const tables = {
  kit_sagas: { age: 'updated_at', indexed: 'updated_at', txId: "substr(id, instr(id, '/') + 1)" },
  kit_history: { age: 'last_at', indexed: 'at', txId: "substr(id, 1, instr(id, '/') - 1)" },
  kit_inbox: { age: 'at', indexed: 'at', txId: "substr(id, 1, instr(id, '/') - 1)" },
} as const;
const times = ['at', 'last_at', 'started_at', 'updated_at'];
const names = ['id', 'message_id', 'causation_id'];

/** How many rows of each table there are, in all services. */
export type Rows = Readonly<Record<keyof typeof tables, number>>;

/** Copies what processes have left that ended just now, as if they had a month ago, under ids of their own. */
export async function copyMonthOld(
  databases: Databases,
  services: readonly string[],
  copies: number,
  onCopy: (count: number) => void,
): Promise<void> {
  const sinceMs = Date.now() - dayMs;
  const statements: { readonly service: string; readonly sql: string }[] = [];
  for (const service of services)
    for (const table of Object.keys(tables) as (keyof typeof tables)[]) {
      const [row] = await databases.query<object>(service, `select * from ${table} limit 1`);
      if (row) statements.push({ service, sql: copying(table, Object.keys(row), sinceMs) });
    }
  for (let count = 1; count <= copies; count++) {
    const id = count.toString(16).padStart(hexDigits, '0');
    const agoMs = 30 * dayMs - count * 1_000;
    for (const { service, sql } of statements) await databases.query(service, bound(sql, id, agoMs), sinceMs);
    onCopy(count);
  }
}

/** How many rows of each table there are from before `ageMs` ago, or in all. */
export async function countRows(databases: Databases, services: readonly string[], ageMs = 0): Promise<Rows> {
  const rows = { kit_sagas: 0, kit_history: 0, kit_inbox: 0 };
  for (const table of Object.keys(tables) as (keyof typeof tables)[])
    for (const service of services) {
      const sql = `select count(*) as count from ${table} where ${tables[table].age} <= ?`;
      const [row] = await databases.query<{ count: number }>(service, sql, Date.now() - ageMs);
      rows[table] += Number(row!.count);
    }
  return rows;
}

/** `:id` stands before the rest of the id of the process, `:ago` is how much older a row gets. */
function copying(table: keyof typeof tables, found: readonly string[], sinceMs: number): string {
  const { indexed, txId } = tables[table];
  const columns = found.filter((column) => !column.endsWith('_slot')); // which the database reckons
  const values = columns.map((column) => {
    if (names.includes(column)) return `replace(${column}, ${txId}, concat(':id', substr(${txId}, ${hexDigits + 1})))`;
    return times.includes(column) ? `${column} - :ago` : column;
  });
  const lately = `updated_slot >= ${slotOf(new Date(sinceMs))}`;
  const ended = table === 'kit_sagas' ? ` and status in ('completed', 'rejected') and ${lately}` : '';
  return `insert into ${table} (${columns.join(', ')}) select ${values.join(', ')} from ${table} where ${indexed} > ?${ended}`;
}

const bound = (sql: string, id: string, agoMs: number): string =>
  sql.replaceAll(':id', id).replaceAll(':ago', `${agoMs}`);
