import type { Knex } from 'knex';

/** A step of a database's schema. Names sort in the order in which they are run, and never change. */
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
    await knex.schema.dropTableIfExists(tableName);
    await knex.schema.createTable(tableName, (table) => build(table, columnsOf(table, isMysql(knex))));
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
  key: (name, charsMax) => {
    const column = table.string(name, charsMax);
    return mysql ? column.collate('ascii_bin') : column;
  },
  blob: (name) => table.specificType(name, mysql ? 'mediumblob' : 'blob'),
});

export const isMysql = (knex: Knex): boolean => knex.client.config.client === 'mysql2';
