import { isDeepStrictEqual } from 'node:util';
import { command, dispatcher, event, orchestrator, record, saga, UnitOfWork, type Repository } from 'saga-kit';
import {
  ContainerModule,
  createsTable,
  json,
  key,
  MessageHandler,
  service,
  table,
  UnitsOfWork,
} from 'saga-kit/service';
import { worldOf, type World } from 'saga-kit/testing';

const Part = record({ type: 'record', name: 'Part', namespace: 'x', fields: [{ name: 'name', type: 'string' }] });
const fields = [
  { name: 'counts', type: { type: 'map', values: 'int' } },
  { name: 'parts', type: { type: 'array', items: Part } },
  { name: 'best', type: ['null', Part], default: null },
] as const;
const Counted = event({ type: 'record', name: 'Counted', namespace: 'x', topic: 'counted', fields });
const Count = command({
  type: 'record',
  name: 'Count',
  namespace: 'x',
  topic: 'count',
  fields,
  reply: Counted,
  refusals: [],
});
const State = record({ type: 'record', name: 'State', namespace: 'x', fields });
const counting = saga({
  name: 'COUNTING',
  state: State,
  compensatable: [{ do: Count, undo: 'nothing', fold: { counts: ({ counts }) => counts, best: ({ best }) => best } }],
});

type Note = Readonly<{ txId: string; counts: Readonly<Record<string, number>> }>;
abstract class NoteWork extends UnitOfWork<{ notes: Repository<Note> }> {}
abstract class NoWork extends UnitOfWork<{}> {}

/** What the participant and the saga were handed. */
const seen: unknown[] = [];
const notes = table<Note>('notes', { txId: key(64), counts: json });
const counter = service({
  name: 'counter',
  migrations: [createsTable('counter-001-notes', notes)],
  bindings: new ContainerModule(({ bind }) => {
    bind(NoteWork).toResolvedValue((unitsOfWork) => unitsOfWork.of(NoteWork, { notes }), [UnitsOfWork]);
    bind(MessageHandler).toConstantValue(
      dispatcher([Count], NoteWork, {
        Count: async ({ txId, message }, { notes }) => {
          seen.push(message);
          notes.put({ txId, counts: message.counts });
          return Counted.of({ ...message, best: message.parts[0] ?? null });
        },
      }),
    );
  }),
});
const asker = service({
  name: 'asker',
  migrations: [],
  bindings: new ContainerModule(({ bind }) => {
    bind(NoWork).toResolvedValue((unitsOfWork) => unitsOfWork.of(NoWork, {}), [UnitsOfWork]);
    bind(MessageHandler).toConstantValue(
      orchestrator(counting, NoWork, {
        completed: async (state) => void seen.push(state),
        rejected: async () => {},
      }),
    );
  }),
});

let world: World;
afterEach(() => world.close());

test('messages, states and rows are plain objects, with every key that was sent', async () => {
  world = await worldOf(counter, asker);
  const counts = JSON.parse('{"a": 1, "__proto__": 2, "constructor": 3, "toString": 4}') as Record<string, number>;
  const state = { counts, parts: [{ name: 'wheel' }], best: null };
  await world.work('asker', NoWork).run(({ sagas }) => sagas.begin(counting, 't', state));
  await world.settled();
  const asked = { counts, parts: [{ name: 'wheel' }], best: null };
  const ended = { ...asked, best: { name: 'wheel' } };
  expect(seen).toHaveLength(2);
  expect(isDeepStrictEqual(seen, [asked, ended])).toBe(true);
  const note = await world.work('counter', NoteWork).read(({ notes }) => notes.get('t'));
  expect(isDeepStrictEqual(note, { txId: 't', counts })).toBe(true);
});
