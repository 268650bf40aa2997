import { avroTypeOf, canonical } from '../../codec';
import type { Saga } from '../../saga';
import { abandon, advance, cancel, compensate, type PendingCommand, type SagaProgress } from '../../saga-runner';
import { txIdOf, type SagaRow } from '../ports/saga-tables';
import type { Orchestration } from '../saga/orchestrate';
import { pause, resume } from '../saga/waits';
import type { ActPlan } from './act';

/** What can be done to a saga. */
export const sagaVerbs = ['retry', 'skip', 'compensate', 'cancel', 'pause', 'resume', 'abandon'] as const;
export type SagaVerb = (typeof sagaVerbs)[number];

/** `reply`: what a step that is skipped would have been answered with. `code`: with which it is cancelled. */
export interface SagaActDetails {
  readonly reply?: unknown;
  readonly code?: string | undefined;
}

/** The codes of sagas that were ended by operators. */
export const operatorCodes = { compensate: 'COMPENSATED_BY_OPERATOR', abandon: 'ABANDONED_BY_OPERATOR' } as const;

type Standing = ReturnType<Orchestration['look']>;

/** What this verb will do to an instance. `reason` becomes the message of the refusal with which it ends. */
export function planOf(
  sagas: Orchestration,
  row: SagaRow,
  verb: SagaVerb,
  reason: string,
  details: SagaActDetails,
): ActPlan {
  const at = sagas.look(row);
  const { saga, now, awaited } = at;
  if (!awaited) return { refused: `it has ended: it is ${now.status}` };
  if (verb === 'pause' || verb === 'resume') return pausing(row, verb, awaited);
  if (row.paused) return { refused: 'it is paused: resume it first' };
  if (verb === 'retry')
    return {
      does: `sends ${awaited.command.name} again, and waits for its answer as for the first time`,
      act: (context) => sagas.askAgain(context, row, awaited),
    };
  const next =
    verb === 'skip' ? skipped(at, txIdOf(row), awaited, details.reply) : turned(at, verb, reason, details.code);
  if (typeof next === 'string') return { refused: next };
  return { does: sentenceOf(saga, row, verb, awaited, now, next), act: (context) => sagas.move(context, row, next) };
}

function pausing(row: SagaRow, verb: 'pause' | 'resume', awaited: PendingCommand): ActPlan {
  const { name, reply } = awaited.command;
  if (verb === 'pause')
    return row.paused
      ? { refused: 'it is paused already' }
      : {
          does: `waits where it is until it is resumed: nothing is sent for it, no deadline acts, and ${reply.name} is kept`,
          act: async (context) => pause(context, row),
        };
  if (!row.paused) return { refused: 'it is not paused' };
  return {
    does: `goes on: what was kept for it is handled, and it waits for ${reply.name} as if ${name} was sent now`,
    act: async (context) => resume(context, row, awaited),
  };
}

function skipped(
  { saga, now }: Standing,
  txId: string,
  { id, command }: PendingCommand,
  reply: unknown,
): SagaProgress | string {
  const { name, schema } = command.reply;
  const faults: string[] = [];
  const told = (path: readonly string[], value: unknown, type: { toString(): string }) =>
    void faults.push(
      `reply.${path.join('.')} is ${JSON.stringify(value) ?? 'missing'}, and has to be ${type.toString()}`,
    );
  if (!avroTypeOf(canonical(schema)).isValid(reply, { errorHook: told }))
    return `the reply that ${command.name} would have had, ${name}, is needed: ${faults.join('; ') || 'send its fields'}`;
  const next = advance(saga, txId, now, { causationId: id, type: name, message: reply });
  return next === now ? `it does not go on by ${name}` : next;
}

function turned(
  { saga, now, awaited }: Standing,
  verb: Exclude<SagaVerb, 'retry' | 'skip' | 'pause' | 'resume'>,
  errorMessage: string,
  code: string | undefined,
): SagaProgress | string {
  if (verb === 'abandon') return abandon(saga, now, { code: operatorCodes.abandon, errorMessage }) ?? 'it has ended';
  if (now.status === 'compensating') return 'it is being compensated already: retry, skip or abandon';
  const behindPivot = `${awaited?.command.name} comes after its pivot: retry, skip or abandon`;
  if (verb === 'compensate')
    return compensate(saga, now, { code: operatorCodes.compensate, errorMessage }) ?? behindPivot;
  if (code === undefined || !saga.cancellations.includes(code))
    return `say with which code: ${saga.cancellations.join(', ') || 'it names none, so compensate it instead'}`;
  const outcome = cancel(saga, now, { code, errorMessage });
  return 'next' in outcome ? outcome.next : 'it is too late: its pivot was sent';
}

function sentenceOf(
  saga: Saga,
  row: SagaRow,
  verb: SagaVerb,
  { command, kind }: PendingCommand,
  now: SagaProgress,
  next: SagaProgress,
): string {
  const rest = compensationsFrom(saga, next);
  const then = 'step' in next && next.status === 'running' ? `goes on with ${next.step}` : '';
  const compensates = rest.length > 0 ? `compensates with ${rest.join(', ')}` : '';
  const what = then || compensates || `ends it as ${next.status}`;
  if (verb === 'skip') return `takes ${command.reply.name} for the answer to ${command.name}, and ${what}`;
  if (verb === 'abandon') {
    const owed = compensationsFrom(saga, now.status === 'running' ? (compensate(saga, now, noRefusal) ?? now) : now);
    return `ends it as ${next.status}, and sends nothing${owed.length > 0 ? `: ${owed.join(', ')} will not be sent` : ''}`;
  }
  const warning = kind === 'pivot' ? `. Its pivot ${row.step} was sent: make sure that it has not happened` : '';
  return `${what}${warning}`;
}

const noRefusal = { code: '', errorMessage: '' };

/** The compensations that are still to be sent. */
export function compensationsFrom({ steps }: Saga, now: SagaProgress): string[] {
  if (now.status !== 'compensating') return [];
  const index = steps.findIndex((step) => step.do.name === now.step);
  return steps
    .slice(0, index + 1)
    .reverse()
    .flatMap(({ undo }) => (undo === 'nothing' ? [] : [undo.name]));
}
