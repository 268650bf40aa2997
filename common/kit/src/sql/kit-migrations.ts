import { createsTable, type Migration } from './migrations';

/** The kit's own tables, in every service's database. A released migration is never changed; a change is another one. */
export const kitMigrations: readonly Migration[] = [
  createsTable('kit-001-inbox', 'kit_inbox', (t, { key, blob }) => {
    key('id', 200).primary();
    key('outcome', 10).notNullable();
    key('answer_topic', 249).nullable();
    blob('answer').nullable();
    t.bigInteger('at').notNullable();
  }),
  createsTable('kit-002-outbox', 'kit_outbox', (t, { key, blob }) => {
    t.bigInteger('producer').notNullable();
    t.bigInteger('seq').notNullable();
    key('topic', 249).notNullable();
    key('record_key', 64).notNullable();
    blob('value').notNullable();
    t.text('headers', 'mediumtext').nullable();
    t.primary(['producer', 'seq']);
  }),
  createsTable('kit-003-outbox-producers', 'kit_outbox_producers', (t, { key }) => {
    t.bigIncrements('producer');
    key('instance', 100).notNullable();
  }),
  createsTable('kit-004-commit-markers', 'kit_commit_markers', (t) => {
    t.bigInteger('producer').notNullable();
    t.bigInteger('commit_number').notNullable();
    t.primary(['producer', 'commit_number']);
  }),
  createsTable('kit-005-sagas', 'kit_sagas', (t, { key, blob }) => {
    key('id', 130).primary();
    key('saga', 60).notNullable();
    key('version', 12).notNullable();
    key('status', 12).notNullable();
    key('step', 100).notNullable();
    blob('state').notNullable();
    key('refused_step', 100).nullable();
    key('code', 100).nullable();
    t.text('error_message', 'mediumtext').nullable();
    t.integer('attempts').notNullable();
    t.bigInteger('due_at').nullable().index();
    t.smallint('needs_operator').notNullable();
    t.integer('events').notNullable();
    t.bigInteger('started_at').notNullable();
    t.bigInteger('updated_at').notNullable();
    t.index(['status', 'updated_at']);
  }),
  createsTable('kit-006-saga-definitions', 'kit_saga_definitions', (t, { key }) => {
    key('id', 80).primary();
    key('saga', 60).notNullable();
    t.json('steps').notNullable();
    t.json('state_schema').notNullable();
  }),
  createsTable('kit-007-saga-history', 'kit_saga_history', (t, { key }) => {
    key('id', 340).primary();
    t.integer('number').notNullable();
    key('direction', 10).notNullable();
    key('topic', 249).notNullable();
    key('type', 100).notNullable();
    key('message_id', 200).notNullable();
    key('causation_id', 200).notNullable();
    key('code', 100).nullable();
    t.text('error_message', 'mediumtext').nullable();
    t.smallint('awaited').notNullable();
    t.integer('times').notNullable();
    t.bigInteger('at').notNullable();
    t.bigInteger('last_at').notNullable();
  }),
  createsTable('kit-008-ordering-keys', 'kit_ordering_keys', (t, { key }) => {
    key('id', 320).primary();
    key('head', 200).nullable();
    t.integer('attempts').notNullable();
    t.bigInteger('spent_ms').notNullable();
    t.integer('parked').notNullable();
    t.smallint('released').notNullable();
  }),
  createsTable('kit-009-parked', 'kit_parked', (t, { key, blob }) => {
    key('id', 460).primary();
    key('ordering_key', 320).nullable().index();
    key('reason', 30).notNullable();
    t.text('error', 'mediumtext').notNullable();
    t.integer('attempts').notNullable();
    t.integer('times').notNullable();
    t.smallint('overtaken').notNullable();
    key('topic', 249).notNullable();
    t.integer('record_partition').notNullable();
    key('record_offset', 20).notNullable();
    blob('record_key').nullable();
    t.json('headers').notNullable();
    blob('value').nullable();
    t.bigInteger('at').notNullable().index();
    t.bigInteger('last_at').notNullable();
  }),
  createsTable('kit-010-refused-records', 'kit_refused_records', (t, { key, blob }) => {
    t.bigIncrements('id');
    key('topic', 249).notNullable();
    key('record_key', 64).notNullable();
    blob('value').notNullable();
    t.text('headers', 'mediumtext').nullable();
    t.text('reason', 'mediumtext').notNullable();
    t.integer('attempts').notNullable();
    t.bigInteger('due_at').notNullable();
    t.index(['topic', 'record_key', 'due_at']);
  }),
];
