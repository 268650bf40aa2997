import { faultsOf as all, gone, message, row, Story } from '../../../test/a-history';
import { delayedEventTable } from '../../runtime';
import { delayedEvents } from './delayed-events';

const faultsOf = (story: Story) => all(delayedEvents.name, story);
const event = {
  id: 'd',
  topic: 'news',
  dueAt: new Date(2_000),
  value: Buffer.of(),
  type: 'News',
  target: 'TRIP',
  txId: 't1',
  causationId: 'call-1',
  addedAt: new Date(1),
  traceparent: null,
};
const keeps = (dueMs = 2_000) =>
  new Story().commit('order', [row(delayedEventTable, { ...event, dueAt: new Date(dueMs) })]);
const left = gone(delayedEventTable, 'd');
const sent = { topic: 'news', message: message('d', 'call-1') };

test('an event leaves at its time, or is cancelled', () => {
  expect(faultsOf(keeps().commit('order', [left], [sent]))).toEqual([]);
  expect(faultsOf(keeps().commit('order', [left]))).toEqual([]);
});

test.each([
  ['leaves twice', keeps().commit('order', [left], [sent]).commit('order', [left], [sent]), 'left 2 times'],
  ['leaves, and stays', keeps().commit('order', [], [sent]), 'left, and its row stayed'],
  [
    'leaves after it was cancelled',
    keeps().commit('order', [left]).commit('order', [], [sent]),
    'was not deleted in the same commit',
  ],
  [
    'is deleted after it has left',
    keeps().commit('order', [], [sent]).commit('order', [left]),
    'was not deleted in the same commit',
  ],
  [
    'leaves before its time',
    keeps(2_001).commit('order', [left], [sent]),
    'came to news 1 ms before 1970-01-01T00:00:02.001Z, its time',
  ],
  ['is kept twice', keeps().commit('order', [row(delayedEventTable, event)]), 'was kept twice'],
])('an event that %s is told', (_what, story, fault) => {
  expect(faultsOf(story).join('\n')).toContain(fault);
});
