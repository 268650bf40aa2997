import { avroTypeOf, IncompatibleSchema, type RegisteredSchema, type SchemaRegistry } from '../codec';
import type { LogFile } from './log-file';

interface Stored {
  readonly id: number;
  readonly schema: string;
}

/** A schema registry within the process, kept beside the log whose values it describes. */
export class EmbeddedRegistry implements SchemaRegistry {
  constructor(private readonly log: LogFile) {}

  async idOf(subject: string, schema: RegisteredSchema): Promise<number | undefined> {
    return this.versions(subject).find((each) => each.schema === schema)?.id;
  }

  async schemaOf(id: number): Promise<RegisteredSchema | undefined> {
    return this.schemaNow(id);
  }

  schemaNow(id: number): RegisteredSchema | undefined {
    const row = this.log.database.prepare('select schema from schemas where id = ?').get(id) as Stored | undefined;
    return row?.schema;
  }

  /** Both ways, and all versions: old readers read new values, new readers old ones. */
  async register(subject: string, schema: RegisteredSchema): Promise<number> {
    const versions = this.versions(subject);
    const known = versions.find((each) => each.schema === schema);
    if (known) return known.id;
    for (const version of versions) compatible(subject, version.schema, schema);
    const insert = this.log.database.prepare('insert into schemas (subject, schema) values (?, ?)');
    return Number(insert.run(subject, schema).lastInsertRowid);
  }

  private versions(subject: string): Stored[] {
    return this.log.database
      .prepare('select id, schema from schemas where subject = ? order by id')
      .all(subject) as Stored[];
  }
}

function compatible(subject: string, older: string, newer: string): void {
  const [was, is] = [avroTypeOf(JSON.parse(older)), avroTypeOf(JSON.parse(newer))];
  try {
    is.createResolver(was);
    was.createResolver(is);
  } catch (error) {
    throw new IncompatibleSchema(`${subject}: ${(error as Error).message}`);
  }
}
