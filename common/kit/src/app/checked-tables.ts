import type { Tables } from '../runtime';
import { checkColumns, columnsIn, kitTables, type KnownColumns, type Needed, type Reading } from '../sql';

/** The tables of a service, which have to be there as the program knows them: at its start, or when it first comes to them. */
export class CheckedTables {
  private readonly needed: Needed[] = [...kitTables];
  private columns: KnownColumns | undefined;

  constructor(private readonly service: string) {}

  /** Throws, once the database was looked at, for a table that is not as it is said here. */
  add(tables: Tables): Tables {
    const needed = Object.values(tables);
    if (this.columns) checkColumns(this.service, needed, this.columns);
    this.needed.push(...needed);
    return tables;
  }

  async look(reading: Reading): Promise<void> {
    this.columns = await columnsIn(reading);
    checkColumns(this.service, new Set(this.needed), this.columns);
  }
}
