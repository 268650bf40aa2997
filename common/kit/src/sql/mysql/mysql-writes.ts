import type { Entries, Entry, OutboxRow, Table } from '../../runtime';
import { byId } from './mysql-loads';
import { storedRecords } from '../outbox-rows';
import { literal, rowLiteral, type Packet } from './mysql-text';
import { byName, sqlOf } from '../sql-text';

/**
 * The statements that write these rows and this outbox. One row at a time is deleted: of a list, a small table would be
 * locked from its first row to its last.
 */
export function writesOf(rows: Entries, producer: number, outbox: readonly OutboxRow[], packet: Packet): string[] {
  const statements: string[] = [];
  for (const [table, entries] of [...rows].sort(byName)) {
    const { insert, remove } = sqlOf(table);
    const sorted = [...entries].sort(byId);
    for (const { id, write } of sorted) if (write === 'delete') statements.push(`${remove} = ${literal(id)}`);
    statements.push(...packet.statements(insert, literals(table, sorted, 'insert')));
    statements.push(...packet.statements(insert, literals(table, sorted, 'upsert'), over(table)));
  }
  const sent = storedRecords(outbox).map((row) => rowLiteral([producer, row.last_seq, row.first_seq, row.records]));
  return [...statements, ...packet.statements(outboxInsert, sent)];
}

const outboxInsert = 'insert into kit_outbox (producer, last_seq, first_seq, records) values ';

const literals = (table: Table, entries: readonly Entry[], kind: Entry['write']): string[] =>
  entries.filter(({ write }) => write === kind).map(({ item }) => rowLiteral(table.toRow(item)));

/**
 * What makes an insert a put. The row that is there may be another one, with a value that has to be unique: that is not to
 * be written over, so its id is made null, which it cannot be.
 */
function over(table: Table): string {
  const { id, rest } = sqlOf(table);
  const updates = rest.map((column) => `, ${column} = values(${column})`).join('');
  return ` on duplicate key update ${id} = if(${id} = values(${id}), ${id}, null)${updates}`;
}
