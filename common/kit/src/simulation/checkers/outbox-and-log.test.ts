import { faultsOf as all, idOf, Story } from '../../../test/a-history';
import type { History, RecordSeen } from '../history';
import { outboxAndLog } from './outbox-and-log';

const faultsOf = (history: History | Story) => all(outboxAndLog.name, history);
const history = Story.completed().history();
const withRecords = (alter: (records: readonly RecordSeen[]) => readonly RecordSeen[]): History => ({
  ...history,
  records: alter(history.records),
});
const [first] = history.records as [RecordSeen];

test('a message that is on the log twice was sent again', () => {
  expect(faultsOf(withRecords((records) => [...records, first]))).toEqual([]);
});

test('a message in an outbox that is not on the log is told', () => {
  const [fault, ...others] = faultsOf(withRecords((records) => records.slice(1)));
  expect(fault).toContain(
    `order: Reserve ${idOf('Reserve')} was 1 times in an outbox for trip-reserve, and is there 0 times`,
  );
  expect(others).toEqual([]);
});

test('a message that was sent twice, and is on the log once, is told', () => {
  const story = Story.completed().answers('Reserve', []);
  const repeated = story.history();
  expect(faultsOf(repeated)).toEqual([]);
  expect(faultsOf({ ...repeated, records: repeated.records.slice(0, -1) })[0]).toContain('was 2 times in an outbox');
});

test.each<[string, Partial<RecordSeen>, string]>([
  ['under an id that was in no outbox', { message: { ...first.message!, id: 'another' } }, 'was in no outbox'],
  ['on another topic', { topic: 'another' }, 'was in no outbox'],
  ['with other bytes', { digest: 'another' }, 'has another key or other bytes than in the outbox'],
  ['under another key', { key: 'another' }, 'has another key or other bytes than in the outbox'],
  ['that nobody can read', { message: undefined, digest: 'garbage' }, 'which cannot be read, was in no outbox'],
])('a record %s is told, unless it was injected', (_what, changes, fault) => {
  expect(faultsOf(withRecords((records) => [...records, { ...first, ...changes }]))[0]).toContain(fault);
  const injected = withRecords((records) => [...records, { ...first, ...changes, injected: true }]);
  expect(faultsOf(injected)).toEqual([]);
});

test('what cannot be read is known by its bytes', () => {
  const sent = { seq: 99, topic: 'rooms', key: 't1', message: undefined, digest: 'garbage' };
  const [commit] = history.commits;
  const sending = { ...history, commits: [...history.commits, { ...commit!, rows: [], sent: [sent] }] };
  expect(faultsOf(sending)).toEqual([
    expect.stringContaining('order: row 99 of its outbox, which cannot be read, is not on rooms'),
  ]);
  const garbage = { ...first, topic: 'rooms', message: undefined, digest: 'garbage' };
  expect(faultsOf({ ...sending, records: [...history.records, garbage] })).toEqual([]);
});
