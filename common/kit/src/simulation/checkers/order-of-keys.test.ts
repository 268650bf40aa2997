import { faultsOf as all, message, Story } from '../../../test/a-history';
import type { History } from '../history';
import { orderOfKeys } from './order-of-keys';

const faultsOf = (history: History | Story) => all(orderOfKeys.name, history);
const news = (id: string, key = 't1') => ({ topic: 'news', key, message: message(id, 'call-1') });
/** The records come to the log in this order. */
const onLog = (story: Story, ...ids: string[]): History => {
  const history = story.history();
  return { ...history, records: ids.map((id) => history.records.find(({ message }) => message!.id === id)!) };
};
const two = () => new Story().commit('order', [], [news('a')]).commit('order', [], [news('b')]);

test('a message that comes before an earlier one of its key is told', () => {
  expect(faultsOf(onLog(two(), 'a', 'b'))).toEqual([]);
  expect(faultsOf(onLog(two(), 'b', 'a'))).toEqual(['order-1: b came to news before a, which was committed before it']);
});

test('what comes again is in nobody’s way', () => {
  expect(faultsOf(onLog(two(), 'a', 'b', 'a', 'b'))).toEqual([]);
});

test('other keys, other instances and calls beside messages have an order of their own', () => {
  const keys = new Story().commit('order', [], [news('a', 'k1'), news('b', 'k2')]);
  expect(faultsOf(onLog(keys, 'b', 'a'))).toEqual([]);
  const instances = new Story().commit('order', [], [news('a')], 'order-1').commit('order', [], [news('b')], 'order-2');
  expect(faultsOf(onLog(instances, 'b', 'a'))).toEqual([]);
  const lanes = two();
  lanes.commits[1] = { ...lanes.commits[1]!, lane: 1 };
  expect(faultsOf(onLog(lanes, 'b', 'a'))).toEqual([]);
});

test('the next life of an instance sends what the last one has left before its own', () => {
  const lives = two();
  lives.commits[1] = { ...lives.commits[1]!, producer: 2 };
  expect(faultsOf(onLog(lives, 'b', 'a'))).toHaveLength(1);
});

test('what two instances have sent may come from either', () => {
  const both = two().commit('order', [], [news('b')], 'order-2');
  expect(faultsOf(onLog(both, 'b', 'a', 'b'))).toEqual([]);
});

test('an outbox that goes back in its sequence is told', () => {
  const story = two();
  story.commits[1] = { ...story.commits[1]!, sent: [{ ...story.commits[1]!.sent[0]!, seq: 1 }] };
  expect(faultsOf(story)).toEqual(['order: row 1 of producer 1, for news, was committed behind 1']);
});

test('a key that is on two partitions is told', () => {
  const history = two().history();
  const records = history.records.map((record, partition) => ({ ...record, partition }));
  expect(faultsOf({ ...history, records })).toEqual(['news@1/1: its key t1 was on partition 0 before']);
});
