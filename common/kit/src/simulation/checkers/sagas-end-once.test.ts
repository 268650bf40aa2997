import { faultsOf as all, gone, nothingElse, row, sagaId, sagaRow, Story, withTable } from '../../../test/a-history';
import { sagaTable } from '../../runtime';
import { sagasEndOnce } from './sagas-end-once';

const faultsOf = (story: Story, expected = nothingElse) => all(sagasEndOnce.name, story, expected);
const saga = (changes: Parameters<typeof sagaRow>[0], write: 'insert' | 'upsert' = 'upsert') =>
  row(sagaTable, sagaRow(changes), write);

test('a saga that has not ended is told', () => {
  expect(faultsOf(new Story().begins())).toEqual([`order: saga ${sagaId} is still running at Reserve in the end`]);
});

test('one that needs an operator may be open, where that is expected', () => {
  const story = new Story().begins().commit('order', [saga({ needsOperator: true })]);
  expect(faultsOf(story)).toEqual([expect.stringContaining('needs an operator')]);
  expect(faultsOf(story, { ...nothingElse, mayNeedOperator: true })).toEqual([]);
  const waiting = new Story().begins();
  expect(faultsOf(waiting, { ...nothingElse, mayNeedOperator: true })).toHaveLength(1);
});

test.each([
  ['ends once more in another way', saga({ status: 'rejected', step: 'Write' }), 'had ended completed at Write'],
  ['goes on', saga({ status: 'running', step: 'Write' }), 'was changed to running'],
  ['begins twice', saga({ status: 'completed', step: 'Write' }, 'insert'), 'began twice'],
  ['is deleted', gone(sagaTable, sagaId), 'was deleted'],
])('a saga that has ended and %s is told', (_what, written, fault) => {
  expect(faultsOf(Story.completed().commit('order', [written]))[0]).toContain(fault);
});

test('a saga that is completed though it is being compensated is told', () => {
  const story = Story.refusedAtPivot().refused('Pay', { sends: 'Hold/undo' });
  expect(faultsOf(story.commit('order', [saga({ status: 'completed' })]))[0]).toContain('became completed');
});

test('a saga that is changed before it has begun is told', () => {
  const story = new Story().commit('order', [saga({ status: 'completed' })]);
  expect(faultsOf(story)).toEqual([expect.stringContaining('was changed before it began')]);
});

test('what its table says in the end is for others to judge', () => {
  expect(all(sagasEndOnce.name, withTable(Story.completed().history(), 'order', 'kit_sagas', []))).toEqual([]);
});
