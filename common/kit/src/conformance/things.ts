import { boolean, bytes, integer, json, key, nullable, table, text, datetime } from '../runtime';
import { createsTable, type Migration } from '../sql';

/** A row with a column of every kind; some are named as SQL would not have them. */
export interface Thing {
  readonly id: string;
  readonly order: number | null;
  readonly group: string | null;
  readonly bytes: Buffer | null;
  readonly at: Date | null;
  readonly isOdd: boolean;
  readonly list: unknown;
  readonly needed: string;
}
export const things = table<Thing>('suite_things', {
  id: key(200),
  order: nullable(integer),
  group: nullable(text),
  bytes: nullable(bytes),
  at: nullable(datetime),
  isOdd: boolean,
  list: json,
  needed: text,
});
export const aThing = (id: string, values: Partial<Thing> = {}): Thing => ({
  id,
  order: null,
  group: null,
  bytes: null,
  at: null,
  isOdd: false,
  list: [],
  needed: '',
  ...values,
});

export interface Counted {
  readonly id: number;
  readonly count: number;
}
/** Their rows are locked as they load. */
export const counters = table<Counted, number>('suite_counters', { id: integer, count: integer });
/** Theirs are not. */
export const prices = table<Counted, number>('suite_prices', { id: integer, count: integer }, { lock: 'none' });
export const exceptions = table<Counted, number>(
  'suite_exceptions',
  { id: integer, count: integer },
  { lock: 'none', sparse: true },
);
/** Besides its id, a name belongs to one row only. */
export const names = table<{ readonly id: number; readonly name: string }, number>('suite_names', {
  id: integer,
  name: key(100),
});
/** Nothing but ids. */
export const bare = table<{ readonly id: number }, number>('rows', { id: integer });
export const marks = table<{ readonly id: string }>('suite_marks', { id: key(200) });

/** What the stores under test are opened with. */
export const suiteMigrations: readonly Migration[] = [
  createsTable('suite-001-things', things),
  createsTable('suite-002-counters', counters),
  createsTable('suite-003-prices', prices),
  createsTable('suite-004-exceptions', exceptions),
  createsTable('suite-005-marks', marks),
  createsTable('suite-005-names', names, (t) => void t.unique(['name'])),
];
