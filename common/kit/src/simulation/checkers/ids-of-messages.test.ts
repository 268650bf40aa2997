import { faultsOf as all, message, row, Story } from '../../../test/a-history';
import { auditTable } from '../../runtime';
import type { MessageSeen } from '../history';
import { idsOfMessages } from './ids-of-messages';

const faultsOf = (story: Story) => all(idsOfMessages.name, story);
const news = (changes: Partial<MessageSeen> = {}, topic = 'news') => ({
  topic,
  message: message('a', 'call-1', { type: 'News', ...changes }),
});

test('commands and answers come again under their ids', () => {
  expect(faultsOf(new Story().begins().does('Reserve').answers('Reserve', [], 'UNDONE'))).toEqual([]);
});

test.each([
  ['of another type', news({ type: 'Weather' })],
  ['of another process', news({ target: 'FLIGHT' })],
  ['of another instance', news({ txId: 't2' })],
  ['with another cause', news({ causationId: 'call-2' })],
  ['for another topic', news({}, 'weather')],
])('two messages %s with one id are told', (_what, other) => {
  const story = new Story().commit('order', [], [news()]).commit('hotel', [], [other]);
  expect(faultsOf(story)[0]).toMatch(
    /^a is News for news .* in the outbox of order-1, and .* in the outbox of hotel-1$/,
  );
});

test('a record that somebody else has put there counts as well', () => {
  const history = new Story().commit('order', [], [news()]).history();
  const injected = { ...history.records[0]!, message: news({ type: 'Weather' }).message, injected: true };
  expect(all(idsOfMessages.name, { ...history, records: [...history.records, injected] })).toHaveLength(1);
});

test('two events that are the same but for who sends them are told', () => {
  const story = new Story().commit('order', [], [news()]).commit('hotel', [], [news()]);
  expect(faultsOf(story)).toEqual(['two events have the id a, of order-1 and of hotel-1']);
});

test('an event that an operator puts on its topic again is the same one', () => {
  const audited = {
    id: 'a',
    at: new Date(0),
    who: 'me',
    verb: 'replay',
    subject: 'parked x',
    txId: null,
    reason: 'r',
    before: {},
    after: null,
  };
  expect(
    faultsOf(new Story().commit('order', [], [news()]).commit('hotel', [row(auditTable, audited)], [news()])),
  ).toEqual([]);
});
