import type { Knex } from 'knex';

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
 * A migration that makes a table. Where a process has died in the middle of it (MySQL cannot undo definitions), nobody has
 * used the table yet, and it is made anew.
 */
export const createsTable = (
  name: string,
  tableName: string,
  build: (table: Knex.CreateTableBuilder, columns: Columns) => void,
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
      build(table, columnsOf(table, collation !== undefined));
    });
  },
});

/** Column types that the two dialects spell differently. */
export interface Columns {
  /** Printable ASCII, compared byte by byte. */
  readonly key: (name: string, charsMax: number) => Knex.ColumnBuilder;
  /** Up to 16 MB. */
  readonly blob: (name: string) => Knex.ColumnBuilder;
}

const columnsOf = (table: Knex.CreateTableBuilder, mysql: boolean): Columns => ({
  key: (name, charsMax) => table.string(name, charsMax),
  blob: (name) => table.specificType(name, mysql ? 'mediumblob' : 'blob'),
});

/** Compares texts as they are, with the spaces at their ends, as SQLite does. MariaDB and MySQL have no name for it in common. */
async function collationOf(knex: Knex): Promise<string> {
  const [rows] = await knex.raw("show collation where collation in ('utf8mb4_nopad_bin', 'utf8mb4_0900_bin')");
  if (rows.length === 0) throw new Error('the database is neither MySQL 8.0.17 or later nor MariaDB 10.2 or later');
  return rows[0].Collation;
}

const isMysql = (knex: Knex): boolean => knex.client.config.client === 'mysql2';
