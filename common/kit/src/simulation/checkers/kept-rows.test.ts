import { faultsOf as all, gone, idOf, Story, withTable } from '../../../test/a-history';
import { inboxTable } from '../../runtime';
import { keptRows } from './kept-rows';

const story = Story.completed();

test('a row that was committed and is not there is told', () => {
  const [fault, ...others] = all(keptRows.name, withTable(story.history(), 'order', 'kit_sagas', []));
  expect(fault).toBe('order: kit_sagas lacks TRIP/t1, which was committed');
  expect(others).toEqual([]);
});

test('a row that no commit has left there is told', () => {
  const more = withTable(story.history(), 'order', 'kit_inbox', [{ id: 't1/x' }]);
  expect(all(keptRows.name, more)).toEqual(['order: kit_inbox has t1/x, which no commit has left there']);
});

test('a row that was deleted is gone', () => {
  const deleted = Story.completed().commit('hotel', [gone(inboxTable, `t1/${idOf('Pay')}`)]);
  expect(all(keptRows.name, deleted)).toEqual([]);
});
