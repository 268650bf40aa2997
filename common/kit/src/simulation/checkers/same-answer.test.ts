import { faultsOf as all, idOf, inboxRow, row, Story } from '../../../test/a-history';
import { inboxTable } from '../../runtime';
import { sameAnswer } from './same-answer';

const faultsOf = (story: Story) => all(sameAnswer.name, story);
const answered = () => new Story().begins().does('Reserve');

test('a command that comes again has the same answer again', () => {
  expect(faultsOf(answered().answers('Reserve', [], undefined, 'hotel-2'))).toEqual([]);
});

test.each([
  [
    'other bytes',
    answered().answers('Reserve', [], undefined, 'hotel-2', 'other'),
    'was answered Reserve-done twice, with other bytes (by hotel-2)',
  ],
  ['a refusal', answered().answers('Reserve', [], 'NO'), 'was answered Reserve-done, and then NO'],
  [
    'an answer after a refusal',
    new Story().begins().refuses('Reserve').answers('Reserve', []),
    'was answered NO, and then Reserve-done',
  ],
  [
    'UNDONE though it is done',
    answered().answers('Reserve', [], 'UNDONE'),
    'was answered UNDONE, though its undo had not come first',
  ],
  [
    'its reply though its undo was first',
    new Story().begins().undoesFirst('Reserve').answers('Reserve', []),
    'was answered Reserve-done, though its undo had come first',
  ],
])('a command that is answered with %s is told', (_what, story, fault) => {
  expect(faultsOf(story)).toEqual([
    `hotel: ${idOf('Reserve')} ${fault}${fault.includes('(by') ? '' : ' (by hotel-1)'}`,
  ]);
});

test('UNDONE is made anew each time', () => {
  const again = Story.overtaken().answers('Reserve', [], 'UNDONE', 'hotel-1', 'made later');
  expect(faultsOf(again)).toEqual([]);
});

test('a row that says that an undo was first is that of one service', () => {
  const elsewhere = row(inboxTable, inboxRow(idOf('Reserve'), { outcome: 'undone' }));
  expect(faultsOf(answered().commit('kitchen', [elsewhere]))).toEqual([]);
});

test('a command that is answered less often than it is asked for is told', () => {
  const asksAgain = () => {
    const story = answered();
    return story.commit('order', [], story.commits[0]!.sent as never);
  };
  expect(faultsOf(asksAgain())).toEqual([`${idOf('Reserve')} was asked for 2 times, and answered 1 times`]);
  expect(faultsOf(asksAgain().answers('Reserve', []))).toEqual([]);
});
