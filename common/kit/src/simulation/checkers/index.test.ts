import { nothingElse, Story } from '../../../test/a-history';
import { checkers, violationsOf } from '.';

test.each([
  ['a saga that is completed', Story.completed()],
  ['a saga that is refused at its pivot, and undone', Story.rejected()],
  ['a saga whose undo comes before its do', Story.overtaken()],
  ['nothing', new Story()],
])('%s breaks no promise', (_what, story) => {
  expect(violationsOf(story.history(), nothingElse)).toEqual([]);
});

test('checkers have names of their own', () => {
  expect(new Set(checkers.map(({ name }) => name)).size).toBe(checkers.length);
});
