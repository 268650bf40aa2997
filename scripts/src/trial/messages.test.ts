import { lostOf } from './messages';

const onTopics = { records: 3, ids: new Map([['pay', new Set(['a', 'b'])]]) };

test('what is on its topic is not lost', () => {
  expect(lostOf([{ topic: 'pay', id: 'a' }], onTopics)).toEqual([]);
});

test('what was committed and is not on its topic is lost, though it be on another', () => {
  const committed = ['a', 'c', 'd', 'e', 'f'].map((id) => ({ topic: 'pay', id }));
  expect(lostOf([...committed, { topic: 'paid', id: 'a' }], onTopics)).toEqual([
    '4 messages were committed and are not on pay: c, d, e, …',
    '1 messages were committed and are not on paid: a',
  ]);
});
