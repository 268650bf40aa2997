import { faultsOf as all, gone, row, Story, withTable } from '../../../test/a-history';
import { eventTable, positionTable, projectionTable, streamEventIdOf, streamTable, type EventRow } from '../../runtime';
import type { History } from '../history';
import { streams } from './streams';

const faultsOf = (history: History | Story) => all(streams.name, history);
const event = (version: number, position: number, stream = 'till/1'): EventRow => ({
  ...{ id: streamEventIdOf(stream, version), stream, version, position, type: 'Opened', payload: {} },
  ...{ causationId: 'call-1', at: new Date(1) },
});
const appends = (story: Story, ...events: EventRow[]) => {
  const { stream, version } = events.at(-1)!;
  const head = { id: stream, version, snapshot: null, snapshotAt: 0, snapshotVersion: 0 };
  const position = Math.max(...events.map((each) => each.position));
  const counter = row(positionTable, { id: 'last' as const, position }, 'upsert');
  return story.commit('order', [
    ...events.map((each) => row(eventTable, each)),
    row(streamTable, head, 'upsert'),
    counter,
  ]);
};
const applies = (story: Story, position: number, rebuilds = 0, phase: 'running' | 'clearing' = 'running') =>
  story.commit('order', [row(projectionTable, { id: 'sums', position, phase, rebuilds }, 'upsert')]);
const three = () => appends(appends(new Story(), event(1, 1), event(2, 2)), event(1, 3, 'till/2'));

test('streams that are numbered, and a projection that has come to their end, are right', () => {
  expect(faultsOf(applies(applies(three(), 2), 3))).toEqual([]);
  expect(faultsOf(applies(applies(applies(three(), 3), 0, 1, 'clearing'), 3, 1))).toEqual([]);
});

test.each([
  ['a version that is left out', appends(new Story(), event(1, 1), event(3, 2)), 'follows version 1 of till/1'],
  ['a version that comes twice', appends(three(), event(2, 4)), 'was written again'],
  ['a position that is left out', appends(new Story(), event(1, 1), event(2, 3)), 'has position 3, behind 1'],
  ['a position that comes twice', appends(three(), event(2, 3, 'till/2')), 'has position 3, behind 3'],
  ['an event that is changed', three().commit('order', [row(eventTable, event(1, 1), 'upsert')]), 'was written again'],
  ['an event that is deleted', three().commit('order', [gone(eventTable, event(1, 1).id)]), 'was deleted'],
  ['a projection that goes back', applies(applies(applies(three(), 3), 2), 3), 'went back from 3 to 2 (order-1)'],
  ['a projection that is deleted', applies(three(), 3).commit('order', [gone(projectionTable, 'sums')]), 'was deleted'],
  ['a projection that has not come to the end', applies(three(), 2), 'is at 2, and the last event at 3'],
  ['a projection that is still being cleared', applies(three(), 0, 1, 'clearing'), 'is still clearing'],
])('told is %s', (_what, story, fault) => {
  expect(faultsOf(story).join('\n')).toContain(fault);
});

test.each([
  [
    'a head that says something else',
    'kit_streams',
    [
      { id: 'till/1', version: 3 },
      { id: 'till/2', version: 1 },
    ],
    'the head of till/1 says 3, and its events are 1, 2',
  ],
  ['events without a head', 'kit_streams', [{ id: 'till/1', version: 2 }], 'till/2 has 1 events and no head'],
  ['a counter that says something else', 'kit_event_positions', [{ id: 'last', position: 4 }], 'the counter says 4'],
])('told is in the end %s', (_what, table, rows, fault) => {
  expect(faultsOf(withTable(three().history(), 'order', table, rows)).join('\n')).toContain(fault);
});
