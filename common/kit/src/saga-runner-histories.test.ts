import fc from 'fast-check';
import { type ValueOf } from './avro';
import { record } from './record';
import { command, event, UNDONE } from './contract';
import { saga, type Saga } from './saga';
import {
  advance,
  cancel,
  pendingCommand,
  begin,
  type StepOutcome,
  type PendingCommand,
  type SagaProgress,
} from './saga-runner';

/**
 * Whether each compensatable step can be undone, whether there is a pivot, how many retriable steps there are, and what
 * comes back.
 */
const histories = fc
  .record({
    compensatable: fc.array(fc.boolean(), { maxLength: 6 }),
    pivot: fc.boolean(),
    retriable: fc.integer({ min: 0, max: 3 }),
    answers: fc.array(
      fc.oneof(
        { weight: 6, arbitrary: fc.constant('reply' as const) },
        { weight: 1, arbitrary: fc.constantFrom('refusal' as const, 'timeout' as const, 'cancel' as const) },
        { weight: 2, arbitrary: fc.constantFrom('undone' as const, 'of another type' as const, 'earlier' as const) },
      ),
      { maxLength: 40 },
    ),
  })
  .filter(({ compensatable, pivot, retriable }) => compensatable.length + Number(pivot) + retriable > 0);
type History = typeof histories extends fc.Arbitrary<infer T> ? T : never;

test('whatever comes back, and whenever it is cancelled, a saga ends as one that was done in full or undone in full, in exact reverse', () => {
  fc.assert(fc.property(histories, live), { numRuns: 2_000 });
});

/** Plays a history to its end, and keeps the simplest account there is of what has to happen. */
function live({ answers, ...parts }: History): void {
  const made = sagaOf(parts);
  const toUndo: string[] = []; // ids of commands, in the order in which they were given
  const done: string[] = [];
  const past: StepOutcome[] = [];
  let rejected = false;
  let cancelled = false;
  let now: SagaProgress<Trace> = begin(made, { done: [] });
  for (const kind of [...answers, ...Array<'reply'>(2 * made.steps.length).fill('reply')]) {
    const asked = pendingCommand(made, 'x', now);
    if (!asked) break;
    expect(asked.kind === 'undo').toBe(rejected);
    if (asked.kind === 'undo') expect(asked.id).toBe(`${toUndo.at(-1)}/undo`);

    const isCompensatable = asked.kind === 'compensatable';
    if (kind === 'cancel') {
      const outcome = cancel(made, now, { code: 'CHANGED_MIND', errorMessage: '' });
      const [tooLate, again] = ['pivot' === asked.kind || 'retriable' === asked.kind, cancelled];
      expect(outcome.answer).toBe(tooLate ? 'TOO_LATE' : rejected && !again ? 'REJECTED' : 'CANCELLED');
      expect('next' in outcome).toBe(isCompensatable);
      if (!('next' in outcome)) continue;
      if (canBeUndone(made, asked)) toUndo.push(asked.id);
      rejected = cancelled = true;
      now = outcome.next;
      continue;
    }
    const answer = answerOf(kind, asked, past);
    const next = advance(made, 'x', now, answer);
    const givenUp =
      (kind === 'timeout' && isCompensatable) || (kind === 'refusal' && (isCompensatable || asked.kind === 'pivot'));
    expect(next === now).toBe(kind !== 'reply' && !givenUp);

    if (kind === 'reply' && rejected) toUndo.pop();
    if (kind === 'reply' && !rejected) done.push(asked.command.name);
    if ((kind === 'reply' || kind === 'timeout') && isCompensatable && canBeUndone(made, asked)) toUndo.push(asked.id);
    rejected ||= givenUp;
    past.push(answer);
    now = next;
  }
  expect(now).toMatchObject({ status: rejected ? 'rejected' : 'completed', state: { done } });
  if (rejected) expect(toUndo).toEqual([]);
  else expect(done).toEqual(made.steps.map((step) => step.do.name));
  for (const answer of past) expect(advance(made, 'x', now, answer)).toBe(now);
}

const canBeUndone = ({ steps }: Saga, { command }: PendingCommand): boolean =>
  steps.some((step) => step.do.name === command.name && step.undo !== 'nothing');

function answerOf(
  kind: Exclude<History['answers'][number], 'cancel'>,
  { id, command }: PendingCommand,
  past: readonly StepOutcome[],
): StepOutcome {
  const reply = { causationId: id, type: command.reply.name, message: {} };
  if (kind === 'refusal') return { causationId: id, code: 'NO', errorMessage: '' };
  if (kind === 'timeout') return { causationId: id, timedOutAfterMs: 1 };
  if (kind === 'undone') return { causationId: id, code: UNDONE, errorMessage: '' };
  if (kind === 'of another type') return { ...reply, type: 'Else' };
  if (kind === 'reply') return reply;
  return past.findLast(({ causationId }) => causationId !== id) ?? { ...reply, causationId: 'unknown' };
}

const Trace = record({
  type: 'record',
  name: 'Trace',
  namespace: 'x',
  fields: [{ name: 'done', type: { type: 'array', items: 'string' } }],
});
type Trace = ValueOf<typeof Trace>;

function sagaOf({ compensatable, pivot, retriable }: Omit<History, 'answers'>): Saga<Trace> {
  const stepOf = (name: string) => {
    const trace = (_: unknown, { done }: Trace) => [...done, name];
    return { do: commandOf(name), fold: { done: trace } };
  };
  return saga({
    name: 'RANDOM',
    cancellations: ['CHANGED_MIND'],
    state: Trace,
    compensatable: compensatable.map((undo, index) => ({
      ...stepOf(`Compensatable${index}`),
      undo: undo ? commandOf(`Undo${index}`) : ('nothing' as const),
    })),
    ...(pivot && { pivot: stepOf('Pivot') }),
    retriable: Array.from({ length: retriable }, (_, index) => stepOf(`Retriable${index}`)),
  });
}

function commandOf(name: string) {
  const part = { type: 'record', namespace: 'x', topic: 't', fields: [] } as const;
  return command({
    ...part,
    name: name as 'Any',
    reply: event({ ...part, name: `${name}Done` as 'Done' }),
    refusals: [],
  });
}
