import { UNDONE, type Message, type Refusal } from './contract';
import type { SagaRefusal } from './orchestrator';
import { retryAfterMsMax, attemptsMax, type StateCommand, type Saga, type Step } from './saga';

/** How far an instance has come. `step` is the command that is being done or undone; there is never more than one. */
export type SagaProgress<State = any> =
  | { readonly status: 'running'; readonly step: string; readonly state: State }
  | { readonly status: 'compensating'; readonly step: string; readonly state: State; readonly refusal: SagaRefusal }
  | { readonly status: 'completed'; readonly state: State }
  | { readonly status: 'rejected'; readonly state: State; readonly refusal: SagaRefusal };

/** What came back. A timeout names the command that was not answered, so that a late one is as harmless as a late reply. */
export type StepOutcome =
  | { readonly causationId: string; readonly type: string; readonly message: any }
  | ({ readonly causationId: string } & Refusal)
  | { readonly causationId: string; readonly timedOutAfterMs: number };

/** The one command that an instance waits for. */
export interface PendingCommand {
  readonly id: string;
  readonly command: StateCommand<any>;
  message(): Message;
  readonly kind: 'compensatable' | 'pivot' | 'retriable' | 'undo';
  /** How long attempt number `attempts` (from 1) waits for its answer. `undefined`: there were enough attempts. */
  waitMs(attempts: number): number | undefined;
}

/** Where an instance stands when it begins: at its first step. */
export const begin = <State>(saga: Saga<State>, state: State): SagaProgress<State> => ({
  status: 'running',
  step: saga.steps[0]!.do.name,
  state,
});

/** The ids of the messages of an instance follow from their places in it. */
export const commandIdOf = ({ name }: Pick<Saga, 'name'>, txId: string, step: string): string =>
  `${name}/${txId}/${step}`;
/** Of the command that takes this one back. */
export const undoIdOf = (commandId: string): string => `${commandId}/undo`;

/** The command that is awaited, the same at every attempt; `undefined` once the instance has ended. */
export function pendingCommand(saga: Saga, txId: string, now: SagaProgress): PendingCommand | undefined {
  if (now.status === 'completed' || now.status === 'rejected') return undefined;
  const step = stepOf(saga, now.step);
  const id = commandIdOf(saga, txId, now.step);
  const again = (attempts: number) =>
    attempts >= attemptsMax ? undefined : Math.min(step.retryAfterMs * 2 ** (attempts - 1), retryAfterMsMax);
  if (now.status === 'compensating') {
    const { undo } = step;
    if (undo === 'nothing') throw new Error(`saga ${saga.name}: ${now.step} has nothing to undo`);
    return { id: undoIdOf(id), command: undo, message: () => undo.of(now.state), kind: 'undo', waitMs: again };
  }
  const waitMs = step.kind === 'compensatable' ? () => step.deadlineMs : again;
  return { id, command: step.do, message: () => step.do.of(now.state), kind: step.kind, waitMs };
}

/**
 * One answer further. An answer that is not the awaited one (late, twice, of another type, to another command) changes
 * nothing: `now` itself is returned.
 */
export function advance<State>(
  saga: Saga<State>,
  txId: string,
  now: SagaProgress<State>,
  answer: StepOutcome,
): SagaProgress<State> {
  const awaited = pendingCommand(saga, txId, now);
  if (!awaited || answer.causationId !== awaited.id) return now;
  if ('type' in answer && answer.type !== awaited.command.reply.name) return now;
  if (now.status === 'running') return afterDoing(saga, now, answer);
  return now.status === 'compensating' ? afterUndoing(saga, now, answer) : now;
}

/** What becomes of a saga that is to be cancelled; `next`: where it stands then. */
export type CancelOutcome<State = any> =
  | { readonly answer: 'CANCELLED'; readonly next: SagaProgress<State> }
  | { readonly answer: 'CANCELLED' | 'TOO_LATE' | 'REJECTED' };

/**
 * Turns a saga round before its pivot, without waiting for the answer to the step in flight: that one is undone too. One
 * that was cancelled before is left alone; `REJECTED`: it ends for another reason anyway.
 */
export function cancel<State>(
  saga: Saga<State>,
  now: SagaProgress<State>,
  { code, errorMessage }: Refusal,
): CancelOutcome<State> {
  if (now.status === 'completed') return { answer: 'TOO_LATE' };
  if (now.status !== 'running')
    return { answer: saga.cancellations.includes(now.refusal.code) ? 'CANCELLED' : 'REJECTED' };
  const step = stepOf(saga, now.step);
  if (step.kind !== 'compensatable') return { answer: 'TOO_LATE' };
  const next = undo(saga, saga.steps.indexOf(step), now.state, { step: now.step, code, errorMessage });
  return { answer: 'CANCELLED', next };
}

/**
 * Compensates the step in flight and everything before it, for who knows that it will not be answered. `undefined` where
 * that cannot be: it is being compensated already, has ended, or is behind its pivot.
 */
export function compensate<State>(
  saga: Saga<State>,
  now: SagaProgress<State>,
  { code, errorMessage }: Refusal,
): SagaProgress<State> | undefined {
  if (now.status !== 'running') return undefined;
  const step = stepOf(saga, now.step);
  if (step.kind === 'retriable') return undefined;
  return undo(saga, saga.steps.indexOf(step), now.state, { step: now.step, code, errorMessage });
}

/** Ends a saga where it stands, for who has seen to the rest: behind its pivot as completed, else as rejected. */
export function abandon<State>(
  saga: Saga<State>,
  now: SagaProgress<State>,
  { code, errorMessage }: Refusal,
): SagaProgress<State> | undefined {
  if (now.status === 'completed' || now.status === 'rejected') return undefined;
  const { state } = now;
  if (now.status === 'compensating') return { status: 'rejected', state, refusal: now.refusal };
  if (stepOf(saga, now.step).kind === 'retriable') return { status: 'completed', state };
  return { status: 'rejected', state, refusal: { step: now.step, code, errorMessage } };
}

function afterDoing<State>(
  saga: Saga<State>,
  now: SagaProgress<State> & { status: 'running' },
  answer: StepOutcome,
): SagaProgress<State> {
  const step = stepOf(saga, now.step);
  const index = saga.steps.indexOf(step);
  if ('timedOutAfterMs' in answer) {
    if (step.kind !== 'compensatable') return now;
    const errorMessage = `${now.step} was not answered within ${answer.timedOutAfterMs} ms`;
    return undo(saga, index, now.state, { step: now.step, code: 'DEADLINE_EXCEEDED', errorMessage });
  }
  if ('code' in answer) {
    if (step.kind === 'retriable' || answer.code === UNDONE) return now;
    const { code, errorMessage } = answer;
    return undo(saga, index - 1, now.state, { step: now.step, code, errorMessage });
  }
  const state = folded(step, now.state, answer.message);
  const next = saga.steps[index + 1];
  return next ? { status: 'running', step: next.do.name, state } : { status: 'completed', state };
}

function afterUndoing<State>(
  saga: Saga<State>,
  now: SagaProgress<State> & { status: 'compensating' },
  answer: StepOutcome,
): SagaProgress<State> {
  if (!('type' in answer)) return now; // an undo cannot be refused, and after a timeout it is sent again
  return undo(saga, saga.steps.indexOf(stepOf(saga, now.step)) - 1, now.state, now.refusal);
}

/** Undoes the step at `from` and then those before it, passing over what has nothing to undo. */
function undo<State>(saga: Saga<State>, from: number, state: State, refusal: SagaRefusal): SagaProgress<State> {
  const step = saga.steps.findLast(({ undo }, index) => index <= from && undo !== 'nothing');
  return step ? { status: 'compensating', step: step.do.name, state, refusal } : { status: 'rejected', state, refusal };
}

function folded<State>({ fold }: Step<State>, state: State, reply: unknown): State {
  const next = { ...state };
  for (const field in fold) next[field] = fold[field]!(reply, state);
  return next;
}

function stepOf<State>(saga: Saga<State>, name: string): Step<State> {
  const step = saga.steps.find((each) => each.do.name === name);
  if (!step) throw new Error(`saga ${saga.name} has no step ${name}: an open instance of another definition?`);
  return step;
}
