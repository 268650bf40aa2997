import { faultsOf as all, idOf, Story } from '../../../test/a-history';
import type { HistoryRow } from '../../runtime';
import { fence } from './fence';

const faultsOf = (story: Story) => all(fence.name, story);
const begun = () => new Story().begins().does('Reserve').hears('Reserve', { sends: 'Check' });

test('a saga that goes on by two answers to one command is told', () => {
  const twice = begun().hears('Reserve', { sends: 'Hold' }, { messageId: 'another' });
  expect(faultsOf(twice)).toEqual([
    `order: saga TRIP/t1 went on by two answers to ${idOf('Reserve')}: ${idOf('Reserve')}/answer and another`,
  ]);
});

test('a saga that goes on by the answer to a step that it has given up is told', () => {
  const late = new Story()
    .begins()
    .givesUp('Reserve', { sends: 'Reserve/undo' })
    .hears('Reserve', { ends: 'rejected' });
  expect(faultsOf(late)).toEqual([
    `order: saga TRIP/t1 went on by Reserve-done to ${idOf('Reserve')}, and had sent ${idOf('Reserve')}/undo last`,
  ]);
});

test('a late answer changes nothing', () => {
  expect(faultsOf(begun().ignores('Reserve'))).toEqual([]);
  for (const changes of [{ step: 'Hold' }, { status: 'completed' as const }, { state: Buffer.from('other') }])
    expect(faultsOf(begun().ignores('Reserve', changes))).toEqual([
      `order: saga TRIP/t1 was changed by ${idOf('Reserve')}/answer, which it did not await`,
    ]);
});

test('an answer that comes again, and a command that is sent again, change nothing', () => {
  const twice = (line: HistoryRow) => ({ ...line, times: 2 });
  const story = begun()
    .rewrites(([sent, ...others]) => [twice(sent!), ...others])
    .rewrites(([sent, answer, ...others]) => [sent!, twice(answer!), ...others]);
  expect(faultsOf(story.does('Check').hears('Check', { sends: 'Hold' }))).toEqual([]);
});
