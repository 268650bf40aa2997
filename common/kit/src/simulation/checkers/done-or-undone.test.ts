import { faultsOf as all, historyRow, idOf, inboxRow, row, sagaRow, Story } from '../../../test/a-history';
import { auditTable, historyTable, inboxTable, sagaTable } from '../../runtime';
import { doneOrUndone } from './done-or-undone';

const faultsOf = (story: Story) => all(doneOrUndone.name, story);
const begun = () => new Story().begins().does('Reserve');
const atHold = () => begun().hears('Reserve', { sends: 'Check' }).does('Check').hears('Check', { sends: 'Hold' });
const undoing = () => Story.refusedAtPivot().refused('Pay', { sends: 'Hold/undo' });

test.each<[string, () => Story, string]>([
  [
    'completed without its last steps',
    () => begun().hears('Reserve', { ends: 'completed' }),
    'completed without Check',
  ],
  ['leaving out a step', () => begun().hears('Reserve', { sends: 'Hold' }), 'has sent Hold, and Check was next'],
  [
    'sending a step before the one before it was answered',
    () => new Story().begins().givesUp('Reserve', { sends: 'Check' }),
    'has sent Check though Reserve was not answered',
  ],
  [
    'going on after a refusal',
    () => new Story().begins().refuses('Reserve').refused('Reserve', { sends: 'Check' }),
    'has sent Check though Reserve was refused',
  ],
  [
    'undoing in forward order',
    () => Story.refusedAtPivot().refused('Pay', { sends: 'Reserve/undo' }),
    'has sent Release, and Free was next',
  ],
  [
    'undoing two at a time',
    () => undoing().givesUp('Hold/undo', { sends: 'Reserve/undo' }),
    'has sent Release before Free was answered',
  ],
  [
    'leaving out an undo',
    () => undoing().does('Hold/undo').hears('Hold/undo', { ends: 'rejected' }),
    'is rejected, and Release was not sent',
  ],
  [
    'not waiting for the last undo',
    () =>
      undoing()
        .does('Hold/undo')
        .hears('Hold/undo', { sends: 'Reserve/undo' })
        .givesUp('Reserve/undo', { ends: 'rejected' }),
    'is rejected, and Release was not answered',
  ],
  [
    'undoing the step that was refused',
    () => atHold().refuses('Hold').refused('Hold', { sends: 'Hold/undo' }),
    'has sent Free, and Release was next',
  ],
  [
    'undoing what has nothing to undo',
    () => begun().hears('Reserve', { sends: 'Check' }).givesUp('Check', { sends: 'Check/undo' }),
    'has sent an undo of Check, and Release was next',
  ],
  [
    'undoing what was never asked for',
    () => begun().hears('Reserve', { sends: 'Check' }).givesUp('Check', { sends: 'Hold/undo' }),
    'has sent Free, and Release was next',
  ],
  [
    'compensating a pivot that was not answered',
    () => atHold().does('Hold').hears('Hold', { sends: 'Pay' }).givesUp('Pay', { sends: 'Hold/undo' }),
    'has sent Free behind its pivot: Pay was not answered',
  ],
  [
    'compensating behind the pivot',
    () =>
      atHold()
        .does('Hold')
        .hears('Hold', { sends: 'Pay' })
        .does('Pay')
        .hears('Pay', { sends: 'Write' })
        .givesUp('Write', { sends: 'Hold/undo' }),
    'has sent Free behind its pivot: Write was not answered',
  ],
  [
    'ending rejected though its pivot was not answered',
    () => atHold().does('Hold').hears('Hold', { sends: 'Pay' }).givesUp('Pay', { ends: 'rejected' }),
    'is rejected though Pay, which is not undone, was not answered',
  ],
  [
    'doing a step while it is being compensated',
    () => undoing().does('Hold/undo').hears('Hold/undo', { sends: 'Write' }),
    'was being compensated, and has sent Write',
  ],
  [
    'taking a refusal for the answer to a step that cannot be refused',
    () => Story.completed().hears('Write', { ends: 'completed' }, { code: 'NO', messageId: 'another' }),
    'took NO for an answer to Write, which cannot be refused',
  ],
  [
    'taking a refusal for the answer to an undo',
    () => undoing().refuses('Hold/undo').refused('Hold/undo', { sends: 'Reserve/undo' }),
    'for an answer to Free',
  ],
  ['sending what is no step', () => new Story().begins().givesUp('Reserve', { sends: 'Fly' }), 'which is of no step'],
  [
    'undoing what it has completed',
    () => Story.completed().commit('order', [row(historyTable, historyRow('sent', idOf('Hold/undo'), { number: 99 }))]),
    'is completed, and has sent Free',
  ],
])('a saga is told for %s', (_what, story, fault) => {
  expect(faultsOf(story()).join('\n')).toContain(fault);
});

/** The same commits, with other rows in them. */
function altered(story: Story, alter: (item: any, table: string) => any): Story {
  const copy = new Story();
  for (const commit of story.commits) {
    const rows = commit.rows.flatMap((each) => {
      const item = alter(each.item, each.table);
      return item ? [{ ...each, item }] : [];
    });
    copy.commits.push({ ...commit, rows });
  }
  return copy;
}

test.each<[string, Story, string]>([
  [
    'a step of a completed saga that nobody has done',
    altered(Story.completed(), (item) => item.id !== `t1/${idOf('Hold')}` && item),
    'is completed, and nobody has done Hold',
  ],
  [
    'a step of a completed saga that somebody has undone',
    Story.completed().commit('hotel', [row(inboxTable, inboxRow(idOf('Hold/undo')))]),
    'is completed, and hotel has undone Hold',
  ],
  [
    'a step of a rejected saga that was done and not undone',
    altered(Story.rejected(), (item) => item.id !== `t1/${idOf('Hold/undo')}` && item),
    'hotel has done Hold and not undone it',
  ],
  [
    'a pivot that was done though the saga is rejected',
    altered(Story.rejected(), (item) => (item.id === `t1/${idOf('Pay')}` ? { ...item, outcome: 'answered' } : item)),
    'hotel has done Pay, which nothing undoes',
  ],
  [
    'an undo that has kept nothing of what it undoes',
    altered(Story.overtaken(), (item) => item.outcome !== 'undone' && item),
    'undone by hotel, which has no row of what it has undone',
  ],
  [
    'a do that has its effect after its undo',
    altered(Story.overtaken(), (item) => item.outcome !== 'undone' && item).commit('hotel', [
      row(inboxTable, inboxRow(idOf('Reserve'))),
    ]),
    'before that was done, and it was done then',
  ],
  [
    'an answer that its participant has not kept so',
    altered(Story.completed(), (item) => (item.id === `t1/${idOf('Hold')}` ? { ...item, outcome: 'refused' } : item)),
    `went on by Hold-done though ${idOf('Hold')} was refused`,
  ],
])('told is %s', (_what, story, fault) => {
  expect(faultsOf(story).join('\n')).toContain(fault);
});

test('a saga that an operator has taken further is not judged by its steps', () => {
  const audited = {
    id: 'a',
    at: new Date(0),
    who: 'me',
    verb: 'abandon',
    subject: 'saga TRIP/t1',
    txId: 't1',
    reason: 'r',
    before: {},
    after: null,
  };
  const ended = sagaRow({ status: 'rejected' });
  const abandoned = (verb: string) =>
    new Story().begins().commit('order', [row(sagaTable, ended, 'upsert'), row(auditTable, { ...audited, verb })]);
  expect(faultsOf(abandoned('abandon'))).toEqual([]);
  expect(faultsOf(abandoned('retry'))).toHaveLength(1);
});

test('a step that is given up, and has nothing to undo, ends as those before it do', () => {
  const story = begun().hears('Reserve', { sends: 'Check' }).givesUp('Check', { sends: 'Reserve/undo' });
  expect(faultsOf(story.does('Reserve/undo').hears('Reserve/undo', { ends: 'rejected' }))).toEqual([]);
});
