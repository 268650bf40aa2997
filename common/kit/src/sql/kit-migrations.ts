import type { Knex } from 'knex';
import {
  auditTable,
  commitMarkerTable,
  eventTable,
  delayedEventTable,
  historyTable,
  inboxTable,
  lastPosition,
  orderingKeyTable,
  outboxProducerTable,
  outboxTable,
  parkedTable,
  pausedTopicTable,
  positionTable,
  projectionTable,
  purgeTable,
  refusedRecordTable,
  retainedKinds,
  sagaDefinitionTable,
  sagaTable,
  slotMs,
  streamTable,
} from '../runtime';
import { addsColumns, createsTable, type Migration } from './migrations';

/** The kit's own tables, in every service's database. A released migration is never changed; a change is another one. */
export const kitMigrations: readonly Migration[] = [
  // By age, for purging. Rows are added at the end of that index: what it costs is in docs/operating.md.
  createsTable('kit-001-inbox', inboxTable, (t) => void t.index('at')),
  createsTable('kit-002-outbox', outboxTable),
  createsTable('kit-003-outbox-producers', outboxProducerTable),
  createsTable('kit-004-commit-markers', commitMarkerTable),
  createsTable('kit-005-sagas', sagaTable, (t) => {
    t.index('due_at');
    t.index(['status', 'updated_at']);
  }),
  createsTable('kit-006-saga-definitions', sagaDefinitionTable),
  createsTable('kit-007-history', historyTable, (t) => void t.index('at')),
  createsTable('kit-008-ordering-keys', orderingKeyTable),
  createsTable('kit-009-parked', parkedTable, (t) => {
    t.index('ordering_key');
    t.index('waits_for');
    t.index('at');
  }),
  createsTable('kit-010-refused-records', refusedRecordTable, (t) => void t.index(['topic', 'record_key', 'due_at'])),
  createsTable('kit-011-delayed-events', delayedEventTable, (t) => void t.index('due_at')),
  createsTable('kit-012-streams', streamTable),
  createsTable('kit-013-events', eventTable, (t) => void t.unique(['position'])),
  createsTable('kit-014-projections', projectionTable),
  createsCounter('kit-015-event-positions'),
  createsTable('kit-020-audit', auditTable, (t) => void t.index('tx_id')),
  createsTable('kit-021-paused-topics', pausedTopicTable),
  createsPurges('kit-022-purges'),
  addsColumns('kit-023-saga-history', sagaTable, ['history']),
  { name: 'kit-024-saga-slots', up: addSlots },
];

/** With its row: who adds one that is not there would have nothing to wait for. */
function createsCounter(name: string): Migration {
  const { up } = createsTable(name, positionTable);
  return {
    name,
    up: async (knex) => {
      await up(knex);
      await knex(positionTable.name).insert({ id: lastPosition, position: 0 });
    },
  };
}

/** With a row for each kind. */
function createsPurges(name: string): Migration {
  const { up } = createsTable(name, purgeTable);
  return {
    name,
    up: async (knex) => {
      await up(knex);
      await knex(purgeTable.name).insert(retainedKinds.map((id) => ({ id, purged_rows: 0 })));
    },
  };
}

/** In place of the indexes on times. One statement in MySQL: all of it is done, or nothing. */
async function addSlots(knex: Knex): Promise<void> {
  if (await knex.schema.hasColumn(sagaTable.name, 'due_slot')) return;
  const slot = (column: string, kind: 'stored' | 'virtual', divided: string) =>
    `add column ${column}_slot bigint generated always as (${column}_at ${divided} ${slotMs}) ${kind}`;
  if (knex.client.config.client === 'mysql2')
    return knex.raw(`alter table ${sagaTable.name}
      ${slot('due', 'stored', 'div')}, ${slot('updated', 'stored', 'div')},
      drop index kit_sagas_due_at_index, drop index kit_sagas_status_updated_at_index,
      add index kit_sagas_due_slot_id_index (due_slot, id), add index kit_sagas_status_updated_slot_index (status, updated_slot)`);
  await knex.schema.alterTable(sagaTable.name, (table) => {
    table.dropIndex('due_at');
    table.dropIndex(['status', 'updated_at']);
  });
  await knex.raw(`alter table ${sagaTable.name} ${slot('updated', 'virtual', '/')}`);
  await knex.raw(`alter table ${sagaTable.name} ${slot('due', 'virtual', '/')}`);
  await knex.schema.alterTable(sagaTable.name, (table) => {
    table.index(['due_slot', 'id']);
    table.index(['status', 'updated_slot']);
  });
}
