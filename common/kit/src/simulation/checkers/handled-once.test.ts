import {
  faultsOf as all,
  gone,
  historyRow,
  idOf,
  inboxRow,
  message,
  row,
  Story,
  withTable,
} from '../../../test/a-history';
import { historyTable, inboxTable } from '../../runtime';
import type { History } from '../history';
import { handledOnce } from './handled-once';

const faultsOf = (history: History | Story) => all(handledOnce.name, history);
const inbox = (write: 'insert' | 'upsert') => row(inboxTable, inboxRow(idOf('Hold')), write);
const answer = (write: 'insert' | 'upsert', times: number, awaited = true) =>
  row(
    historyTable,
    historyRow('received', `${idOf('Hold')}/answer`, { causationId: idOf('Hold'), times, awaited }),
    write,
  );
const news = (id: string) => ({ topic: 'news', message: message(id, 'call-1', { type: 'News' }) });
const heard = (id: string) => row(inboxTable, inboxRow(id, { outcome: 'handled', type: 'News', topic: 'news' }));

test.each([
  [
    'a command that is handled again',
    'hotel',
    inbox('insert'),
    `hotel: t1/${idOf('Hold')} was handled again by hotel-1`,
  ],
  ['a row that is written over', 'hotel', inbox('upsert'), 'was handled again'],
  ['a row that is deleted', 'hotel', gone(inboxTable, `t1/${idOf('Hold')}`), 'was deleted'],
  ['an answer that is received again as a new one', 'order', answer('insert', 1), 'was handled again'],
  ['an answer that is not counted', 'order', answer('upsert', 1), 'was handled again'],
  ['an answer that is not awaited any more', 'order', answer('upsert', 2, false), 'was handled again'],
])('told is %s', (_what, service, written, fault) => {
  expect(faultsOf(Story.completed().commit(service, [written])).join('\n')).toContain(fault);
});

test('an answer that comes again is counted', () => {
  expect(faultsOf(Story.completed().commit('order', [answer('upsert', 2)]))).toEqual([]);
});

test('a row that was not there and is written over is told', () => {
  expect(faultsOf(new Story().commit('hotel', [inbox('upsert')]))).toEqual([
    expect.stringContaining('before it was there'),
  ]);
});

test('several services handle one event, each once', () => {
  const story = new Story()
    .commit('order', [], [news('a')])
    .commit('hotel', [heard('a')])
    .commit('kitchen', [heard('a')]);
  expect(faultsOf(story)).toEqual([]);
});

test('a message of a kind that others of were handled, and that was not, is told', () => {
  const story = new Story().commit('order', [], [news('a'), news('b')]).commit('hotel', [heard('a')]);
  expect(faultsOf(story)).toEqual(['hotel: News b is on news and was not handled']);
  expect(faultsOf(withTable(story.history(), 'hotel', 'kit_parked', [{ id: 'news/b' }]))).toEqual([]);
});

test('an answer that its saga has not received is told', () => {
  expect(faultsOf(new Story().begins().does('Reserve'))).toEqual([
    `order: its saga has not received Reserve-done ${idOf('Reserve')}/answer, which is on trip-answers`,
  ]);
});
