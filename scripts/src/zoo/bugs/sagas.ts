import type { Bug } from '../bug';

const runner = 'saga-runner.js';
const dispatch = 'runtime/handling/dispatch.js';
const history = 'runtime/saga/saga-history.js';

/** How sagas go on, and back. */
export const sagas: readonly Bug[] = [
  {
    name: 'no-fence',
    promise: 'a reply that is not the awaited one changes nothing',
    changes: [
      {
        file: runner,
        find: 'if (!awaited || answer.causationId !== awaited.id)',
        replace: 'if (!awaited)',
      },
      {
        file: runner,
        find: "if ('type' in answer && answer.type !== awaited.command.reply.name)",
        replace: 'if (false)',
      },
    ],
    rungs: ['orders'],
  },
  {
    name: 'forward-compensation',
    promise: 'compensations run in strict reverse order',
    changes: [
      {
        file: runner,
        find: 'saga.steps.findLast(({ undo }, index) => index <= from',
        replace: 'saga.steps.find(({ undo }, index) => index <= from',
      },
      {
        file: runner,
        find: 'return undo(saga, saga.steps.indexOf(stepOf(saga, now.step)) - 1, now.state, now.refusal);',
        replace: `const at = saga.steps.indexOf(stepOf(saga, now.step));
    const until = saga.steps.findIndex(({ do: { name } }) => name === now.refusal.step);
    const next = saga.steps.find(({ undo }, index) => index > at && index < until && undo !== 'nothing');
    return next ? { ...now, step: next.do.name } : { status: 'rejected', state: now.state, refusal: now.refusal };`,
      },
    ],
    rungs: ['orders'],
  },
  {
    name: 'impatient-compensation',
    promise: 'a compensation waits until the one before it is answered',
    changes: [{ file: runner, find: "if (!('type' in answer))", replace: "if ('code' in answer)" }],
    rungs: ['orders'],
  },
  {
    name: 'refused-step-undone',
    promise: 'of a step that was refused there is nothing to undo',
    changes: [{ file: runner, find: 'undo(saga, index - 1, now.state', replace: 'undo(saga, index, now.state' }],
    rungs: ['orders'],
  },
  {
    name: 'given-up-step-stands',
    promise: 'a step that was given up is undone too: nobody knows what has become of it',
    changes: [
      {
        file: runner,
        find: 'undo(saga, index, now.state, { step: now.step, code: ',
        replace: 'undo(saga, index - 1, now.state, { step: now.step, code: ',
      },
    ],
    rungs: ['crash matrix'],
  },
  {
    name: 'pivot-given-up',
    promise: 'a pivot that is not answered is asked again, and never given up',
    changes: [
      {
        file: runner,
        find: "if (step.kind !== 'compensatable')\n            return now;",
        replace: "if (step.kind === 'retriable')\n            return now;",
      },
    ],
    rungs: ['orders'],
  },
  {
    name: 'cancellation-races-pivot',
    promise: 'a saga is cancelled before its pivot, or not at all',
    changes: [
      {
        file: runner,
        find: "if (step.kind !== 'compensatable')\n        return { answer: 'TOO_LATE' };",
        replace: "if (step.kind === 'retriable')\n        return { answer: 'TOO_LATE' };",
      },
    ],
    rungs: ['orders'],
  },
  {
    name: 'undo-leaves-no-row',
    promise: 'a command whose undo came first does nothing',
    changes: [{ file: dispatch, find: 'if (!done)\n', replace: 'if (false)\n' }],
    rungs: ['orders'],
  },
  {
    name: 'do-passes-the-barrier',
    promise: 'a command whose undo came first does nothing',
    changes: [
      {
        file: dispatch,
        find: 'const [to] = listeners;\n    if (known)',
        replace: `const [to] = listeners;
    if (known?.outcome === 'undone') attempt.rows(kit_tables_1.inboxTable).delete((0, kit_tables_1.inboxIdOf)(received));
    if (known && known.outcome !== 'undone')`,
      },
    ],
    rungs: ['orders'],
  },
  {
    name: 'answer-not-kept',
    promise: 'an answer that a saga goes on by is in its history',
    changes: [
      {
        file: history,
        find: 'return this.append({ ...received, code: refusal.code });',
        replace: 'return;',
      },
    ],
    rungs: ['orders'],
  },
  {
    name: 'history-written-over',
    promise: 'what a saga has sent and received stays in its history',
    changes: [{ file: history, find: "(this.row.history ?? '') + text", replace: 'text' }],
    rungs: ['orders'],
  },
  {
    name: 'times-not-counted',
    promise: 'a command that is asked again is counted',
    changes: [
      {
        file: history,
        find: '(0, saga_history_text_1.withLine)(this.row, lines, index, once(line))',
        replace: 'this.row.history',
      },
    ],
    rungs: ['orders'],
  },
];
