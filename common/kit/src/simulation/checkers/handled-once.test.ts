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
import { historyTable, inboxTable, type HistoryRow } from '../../runtime';
import type { History } from '../history';
import { handledOnce } from './handled-once';

const faultsOf = (history: History | Story) => all(handledOnce.name, history);
const inbox = (write: 'insert' | 'upsert') => row(inboxTable, inboxRow(idOf('Hold')), write);
const late = (write: 'insert' | 'upsert', times: number) =>
  row(
    historyTable,
    historyRow('received', `${idOf('Hold')}/answer`, { causationId: idOf('Hold'), times, awaited: false }),
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
])('told is %s', (_what, service, written, fault) => {
  expect(faultsOf(Story.completed().commit(service, [written])).join('\n')).toContain(fault);
});

const fourth = ([...lines]: readonly HistoryRow[], changes: Partial<HistoryRow>) =>
  lines.with(3, { ...lines[3]!, ...changes });
const again = { times: 2, lastAt: new Date(2_000) };

test.each<[string, (lines: readonly HistoryRow[]) => readonly HistoryRow[], string]>([
  ['an answer that is received again as a new one', (lines) => [...lines, lines[3]!], 'was handled again by order-1'],
  ['a message that is changed and not counted', (lines) => fourth(lines, { type: 'Other' }), 'was handled again'],
  ['a message that is forgotten', (lines) => lines.toSpliced(3, 1), 'was deleted'],
  ['a history that is forgotten', (lines) => lines.slice(-1), 'was deleted'],
])('of what a saga keeps, told is %s', (_what, alter, fault) => {
  expect(faultsOf(Story.completed().rewrites(alter)).join('\n')).toContain(fault);
});

test('an answer that comes again is counted', () => {
  expect(faultsOf(Story.completed().rewrites((lines) => fourth(lines, again)))).toEqual([]);
  const ignored = () => new Story().begins().does('Reserve').hears('Reserve', { sends: 'Check' }).ignores('Hold');
  expect(faultsOf(ignored().commit('order', [late('upsert', 2)]))).toEqual([]);
  for (const uncounted of [late('insert', 1), late('upsert', 1)])
    expect(faultsOf(ignored().commit('order', [uncounted]))).toEqual([
      expect.stringContaining('was handled again by order-1'),
    ]);
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
