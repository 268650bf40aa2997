import assert from 'node:assert/strict';
import { checkColumns, columnsIn, kitTables } from '../sql';
import type { Checks } from './case';
import type { StoresUnderTest } from './under-test';
import { counters, exceptions, marks, names, prices, things } from './things';

/** What a database says of itself. */
export const columnChecks: Checks<StoresUnderTest> = {
  'its tables have the columns that were migrated, the tables of the kit as well': async ({ stores }) => {
    const columns = await columnsIn(stores.reader);
    checkColumns('suite', [...kitTables, things, counters, prices, exceptions, marks, names], columns);
    assert.equal(columns.get('suite_things')?.size, things.columns.length);
  },

  'tables and columns that are not there are named, all of them at once': async ({ stores }) => {
    const columns = await columnsIn(stores.reader);
    const needed = [
      { ...things, columns: [...things.columns, 'weight', 'height'] },
      { name: 'suite_nothing', columns: ['id'] },
      { name: 'kit_outbox', columns: ['producer', 'priority'] },
    ];
    assert.throws(() => checkColumns('suite', [counters, ...needed], columns), {
      message: [
        'the database of the suite service is not what its tables say:',
        '  table suite_things has no column weight, height',
        '  there is no table suite_nothing',
        '  table kit_outbox has no column priority',
        'add a migration that makes them so',
      ].join('\n'),
    });
  },
};
