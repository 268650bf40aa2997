import type { Knex } from 'knex';
import type { ColumnDefinition, ColumnType, TableDefinition } from '../runtime';

/**
 * A step of a database's schema. Names sort in the order in which they are run, and never change. Where a process dies in
 * the middle of one it is run again, and MySQL does not undo what was done of it: it has to be able to.
 */
export interface Migration {
  readonly name: string;
  readonly up: (knex: Knex) => Promise<void>;
}

/**
 * Brings a database up to what this program knows. Rejects for one that a newer program has migrated: it is not ours to
 * write to. Whoever calls sees to it that nobody else does at the same time.
 */
export async function migrate(knex: Knex, migrations: readonly Migration[]): Promise<void> {
  if (await knex.schema.hasTable(tableName)) {
    const known = new Set(migrations.map(({ name }) => name));
    const done: readonly string[] = await knex(tableName).pluck('name');
    const newer = done.filter((name) => !known.has(name));
    if (newer.length > 0)
      throw new Error(
        `the database was migrated by a newer program (${newer.join(', ')}): run that one, or restore an older copy`,
      );
    if (done.length === known.size) return;
    await knex.migrate.forceFreeMigrationsLock({ tableName }); // whoever had it has died
  }
  await knex.migrate.latest({
    tableName,
    migrationSource: {
      getMigrations: async () => [...migrations],
      getMigrationName: ({ name }: Migration) => name,
      getMigration: async ({ up }: Migration) => ({ up, down: async () => {} }),
    },
  });
}

const tableName = 'kit_migrations';

/**
 * A migration that makes a table with the columns of its definition; `more` adds indexes. Where a process has died in the
 * middle of it (MySQL cannot undo definitions), nobody has used the table yet, and it is made anew. A column that the
 * definition gets later is for `addsColumns`.
 *
 * @example
 * ```ts
 * import { createsTable, key, table, text } from 'saga-kit/service';
 *
 * const userTable = table<{ userId: string; name: string }>('users', { userId: key(36), name: text });
 * export const migrations = [createsTable('user-001-users', userTable, (t) => void t.index('user_id'))];
 * ```
 */
export const createsTable = (
  name: string,
  { name: tableName, definitions, primaryKey }: TableDefinition,
  more: (table: Knex.CreateTableBuilder) => void = () => {},
): Migration => ({
  name,
  up: async (knex) => {
    const collation = isMysql(knex) ? await collationOf(knex) : undefined;
    await knex.schema.dropTableIfExists(tableName);
    await knex.schema.createTable(tableName, (table) => {
      if (collation !== undefined) {
        table.engine('InnoDB');
        table.charset('utf8mb4');
        table.collate(collation);
      }
      for (const definition of definitions) addColumn(table, definition, collation !== undefined);
      if (primaryKey) table.primary([...primaryKey]);
      else if (definitions[0]!.type.kind !== 'serial') table.primary([definitions[0]!.name]);
      more(table);
    });
  },
});

/**
 * A migration that adds columns, which have to be nullable, to a table that is there. A database in which the table was
 * made with them is left as it is.
 */
export const addsColumns = (
  name: string,
  { name: tableName, definitions }: TableDefinition,
  columns: readonly string[],
): Migration => ({
  name,
  up: async (knex) => {
    for (const column of columns) {
      const definition = definitions.find((each) => each.name === column);
      if (!definition) throw new Error(`migration ${name}: table ${tableName} has no column ${column}`);
      if (!definition.isNullable)
        throw new Error(
          `migration ${name}: ${tableName}.${column} has to be nullable, since rows are there without it`,
        );
      if (await knex.schema.hasColumn(tableName, column)) continue;
      await knex.schema.alterTable(tableName, (table) => addColumn(table, definition, isMysql(knex)));
    }
  },
});

function addColumn(table: Knex.TableBuilder, { name, type, isNullable }: ColumnDefinition, mysql: boolean): void {
  if (type.kind === 'serial') return void table.bigIncrements(name);
  const column = columnOf(table, name, type, mysql);
  if (isNullable) column.nullable();
  else column.notNullable();
}

function columnOf(
  table: Knex.TableBuilder,
  name: string,
  type: Exclude<ColumnType, { kind: 'serial' }>,
  mysql: boolean,
): Knex.ColumnBuilder {
  switch (type.kind) {
    case 'key':
      return table.string(name, type.charsMax);
    case 'text':
      return table.text(name, 'mediumtext');
    case 'bytes':
      return table.specificType(name, mysql ? 'mediumblob' : 'blob');
    case 'json':
      return table.json(name);
    case 'boolean':
      return table.smallint(name);
    case 'integer':
      return table.bigInteger(name);
  }
}

/** Compares texts as they are, with the spaces at their ends, as SQLite does. MariaDB and MySQL have no name for it in common. */
async function collationOf(knex: Knex): Promise<string> {
  const [rows] = await knex.raw("show collation where collation in ('utf8mb4_nopad_bin', 'utf8mb4_0900_bin')");
  if (rows.length === 0) throw new Error('the database is neither MySQL 8.0.17 or later nor MariaDB 10.2 or later');
  return rows[0].Collation;
}

const isMysql = (knex: Knex): boolean => knex.client.config.client === 'mysql2';
