import {
  faultsOf as all,
  gone,
  historyRow,
  idOf,
  inboxRow,
  message,
  row,
  sagaRow,
  Story,
} from '../../../test/a-history';
import { auditTable, delayedEventTable, eventTable, historyTable, inboxTable, sagaTable } from '../../runtime';
import type { CommitSeen } from '../history';
import { effectsWithCauses } from './effects-with-causes';

const faultsOf = (story: Story) => all(effectsWithCauses.name, story);
const event = (id: string, causationId: string) => ({
  topic: 'news',
  message: message(id, causationId, { type: 'News' }),
});
const noted = (id: string, causationId: string) =>
  row(historyTable, historyRow('sent', id, { number: 0, type: 'News', causationId }));
const handled = (id: string) => row(inboxTable, inboxRow(id, { outcome: 'handled' }));
const delayed = {
  topic: 'news',
  dueAt: new Date(9),
  value: Buffer.of(),
  type: 'News',
  target: 'TRIP',
  txId: 't1',
  addedAt: new Date(1),
  traceparent: null,
};
const first = () => new Story().commit('order', [noted('e1', 'call-1')], [event('e1', 'call-1')]);

test('an event follows from a call, or from a message whose row is in the same commit', () => {
  expect(faultsOf(first().commit('hotel', [handled('e1'), noted('e2', 'e1')], [event('e2', 'e1')]))).toEqual([]);
});

test.each<[string, () => Story, string]>([
  [
    'an event without the row of its cause',
    () => first().commit('hotel', [noted('e2', 'e1')], [event('e2', 'e1')]),
    'follows from News e1, which has no row in the same commit',
  ],
  [
    'a row of the inbox in a commit of its own',
    () =>
      first()
        .commit('hotel', [noted('e2', 'e1')], [event('e2', 'e1')])
        .commit('hotel', [handled('e1')]),
    'no row in the same commit',
  ],
  [
    'an event of which no history says anything',
    () => new Story().commit('order', [], [event('e1', 'call-1')]),
    'was sent, and no history says so',
  ],
  [
    'a row of the history without its message',
    () => new Story().commit('order', [noted('e1', 'call-1')]),
    'was noted as sent, and is not in the outbox',
  ],
  [
    'an answer to what has no row',
    () => new Story().begins().answers('Reserve', []),
    'answers what has no row in the inbox',
  ],
  [
    'a command that was handled without an answer',
    () => new Story().begins().commit('hotel', [row(inboxTable, inboxRow(idOf('Reserve')))]),
    'was answered, and its answer is not in the outbox',
  ],
  [
    'a command of a saga without the answer before it',
    () => new Story().begins().does('Reserve').givesUp('Reserve/answer', { sends: 'Check' }),
    'which has no row in the same commit',
  ],
  [
    'a command that is sent again without ever having been sent',
    () =>
      new Story().commit(
        'order',
        [row(historyTable, historyRow('sent', idOf('Reserve')), 'upsert')],
        [{ topic: 'a', message: message(idOf('Reserve'), 'call-1') }],
      ),
    'was sent again, and never before',
  ],
  [
    'an undo that follows from a wait of a saga that is not in the commit',
    () => {
      const story = new Story().begins().givesUp('Reserve', { sends: 'Reserve/undo' });
      const undo = historyRow('sent', idOf('Reserve/undo'), { causationId: idOf('Reserve') });
      story.commits[1] = { ...story.commits[1]!, rows: [row(historyTable, undo)] };
      return story;
    },
    'which has no row in the same commit',
  ],
  [
    'a saga that is completed by nothing',
    () => new Story().begins().commit('order', [row(sagaTable, sagaRow({ status: 'completed' }), 'upsert')]),
    'became completed without a row of the answer that ended it',
  ],
  [
    'a compensation that ends by nothing',
    () =>
      new Story().begins().givesUp('Reserve', { sends: 'Reserve/undo' }).givesUp('Reserve/undo', { ends: 'rejected' }),
    'became rejected without a row of the answer',
  ],
  [
    'a delayed event without the row of its cause',
    () => first().commit('hotel', [row(delayedEventTable, { ...delayed, id: 'd', causationId: 'e1' })]),
    'the delayed event d follows from News e1',
  ],
  [
    'an event of an aggregate without the row of its cause',
    () =>
      first().commit('hotel', [
        row(eventTable, {
          id: 's/1',
          stream: 's',
          version: 1,
          type: 'Opened',
          payload: {},
          causationId: 'e1',
          at: new Date(1),
          position: 1,
        }),
      ]),
    'Opened, event s/1, follows from News e1',
  ],
])('told is %s', (_what, story, fault) => {
  expect(faultsOf(story()).join('\n')).toContain(fault);
});

test('what was answered before is answered again without a new row', () => {
  expect(faultsOf(new Story().begins().does('Reserve').answers('Reserve', []))).toEqual([]);
});

test('a command is sent again with the cause that it had, and is counted', () => {
  const sent = [{ topic: 'a', message: message(idOf('Reserve'), 'call-1') }];
  const counted = new Story().begins().rewrites((lines) => [{ ...lines[0]!, times: 2 }]);
  const { rows } = counted.commits.pop()!;
  expect(faultsOf(counted.commit('order', rows, sent))).toEqual([]);
  const story = new Story().begins();
  expect(faultsOf(story.commit('order', [row(sagaTable, story.saga({ attempts: 2 }), 'upsert')], sent))).toEqual([
    expect.stringContaining('was sent, and no history says so'),
  ]);
});

test('a delayed event leaves long after its cause', () => {
  const kept = first().commit('hotel', [
    handled('e1'),
    row(delayedEventTable, { ...delayed, id: 'd', causationId: 'e1' }),
  ]);
  const left = [gone(delayedEventTable, 'd'), noted('d', 'e1')];
  expect(faultsOf(kept.commit('hotel', left, [event('d', 'e1')]))).toEqual([]);
});

test('an operator puts what he likes on its topic again', () => {
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
  expect(faultsOf(first().commit('hotel', [row(auditTable, audited)], [event('e1', 'call-1')]))).toEqual([]);
});

test('a command that is not sent with the row of its saga is told', () => {
  const [{ sent }] = new Story().begins().commits as [CommitSeen];
  const apart = new Story().commit('order', [row(historyTable, historyRow('sent', idOf('Reserve')))], sent as never);
  expect(faultsOf(apart)).toEqual([expect.stringContaining('the row of its saga is not in the same commit')]);
});
