import { faultsOf as all, nothingElse, Story, withTable } from '../../../test/a-history';
import { storedRecords } from '../../sql';
import { nothingPending } from './nothing-pending';

const ended = Story.completed().history();
const faultsWith = (table: string, ...rows: Record<string, unknown>[]) =>
  all(nothingPending.name, withTable(ended, 'order', table, rows));
const key = { id: 'topic|t1', head: null, attempts: 0, spent_ms: 0, parked: 0, released: 0 };
const blocking = { id: 'topic/m', ordering_key: 'topic|t1', overtaken: 0 };

test.each([
  [
    'kit_outbox',
    { producer: 3, ...storedRecords([{ seq: 7, topic: 'rooms', key: 't1', value: Buffer.from('a') }])[0] },
    'order: record 7 of the outbox of producer 3, for rooms, was not sent',
  ],
  ['kit_refused_records', { topic: 'rooms', record_key: 't1', reason: 'too big' }, 'still refused: too big'],
  ['kit_delayed_events', { id: 'e', tx_id: 't1', due_at: 5 }, 'the delayed event e has not left'],
  ['kit_ordering_keys', { ...key, head: 'm' }, 'm of the ordering key topic|t1 is still being tried'],
  ['kit_ordering_keys', { ...key, parked: 1 }, 'counts 1 parked messages, and 0 are there'],
  ['kit_ordering_keys', { ...key, parked: 1, released: 1 }, 'is still to be handled'],
  ['kit_ordering_keys', key, 'has a row for nothing'],
  ['kit_parked', blocking, 'which has no row'],
  ['kit_sagas', { id: 'TRIP/t1', saga: 'TRIP', status: 'completed', due_at: 5, paused: 0 }, 'still waits for a time'],
  ['kit_sagas', { id: 'TRIP/t1', saga: 'TRIP', status: 'running', due_at: null, paused: 1 }, 'is paused'],
])('a row of %s is pending: %j', (table, row, fault) => {
  expect(faultsWith(table, row)[0]).toContain(fault);
});

test('a key that is blocked by what is parked has its row', () => {
  const parked = withTable(ended, 'order', 'kit_parked', [
    blocking,
    { ...blocking, overtaken: 1 },
    { ordering_key: null },
  ]);
  expect(all(nothingPending.name, withTable(parked, 'order', 'kit_ordering_keys', [{ ...key, parked: 1 }]))).toEqual(
    [],
  );
});

test('a delayed event may wait for a time that has not come', () => {
  const waits = withTable(ended, 'order', 'kit_delayed_events', [{ id: 'e', tx_id: 't1', due_at: 5_001 }]);
  expect(all(nothingPending.name, waits, { ...nothingElse, endedAtMs: 5_000 })).toEqual([]);
  expect(all(nothingPending.name, waits, { ...nothingElse, endedAtMs: 5_001 })).toHaveLength(1);
});
