import { UNDONE, type Message, type Refusal } from './contract';
import type { SagaRefusal } from './orchestrator';
import { askAgainMsMax, asksMax, type Fed, type Saga, type Step } from './saga';

/** How far an instance has come. `step` is the command that is being done or undone; there is never more than one. */
export type Progress<State = any> =
  | { readonly status: 'doing'; readonly step: string; readonly state: State }
  | { readonly status: 'undoing'; readonly step: string; readonly state: State; readonly refusal: SagaRefusal }
  | { readonly status: 'approved'; readonly state: State }
  | { readonly status: 'rejected'; readonly state: State; readonly refusal: SagaRefusal };

/** What came back. A silence names the command that was not answered, so that an old timer is as harmless as a late reply. */
export type Answer =
  | { readonly causationId: string; readonly type: string; readonly message: any }
  | ({ readonly causationId: string } & Refusal)
  | { readonly causationId: string; readonly silentMs: number };

/** The one command that an instance waits for. */
export interface Asking {
  readonly id: string;
  readonly command: Fed<any>;
  message(): Message;
  readonly kind: 'prepare' | 'commit' | 'finish' | 'undo';
  /** When there is no answer to ask number `asks` (from 1). `undefined`: it has been asked often enough. */
  waitMs(asks: number): number | undefined;
}

export const begin = <State>(saga: Saga<State>, state: State): Progress<State> => ({
  status: 'doing',
  step: saga.steps[0]!.do.name,
  state,
});

/** The command that is awaited, the same whenever it is asked; `undefined` once the instance has ended. */
export function asking(saga: Saga, txId: string, now: Progress): Asking | undefined {
  if (now.status === 'approved' || now.status === 'rejected') return undefined;
  const step = stepOf(saga, now.step);
  const id = `${saga.name}/${txId}/${now.step}`;
  const again = (asks: number) =>
    asks >= asksMax ? undefined : Math.min(step.askAgainMs * 2 ** (asks - 1), askAgainMsMax);
  if (now.status === 'undoing') {
    const { undo } = step;
    if (undo === 'nothing') throw new Error(`saga ${saga.name}: ${now.step} has nothing to undo`);
    return { id: `${id}/undo`, command: undo, message: () => undo.of(now.state), kind: 'undo', waitMs: again };
  }
  const waitMs = step.kind === 'prepare' ? () => step.deadlineMs : again;
  return { id, command: step.do, message: () => step.do.of(now.state), kind: step.kind, waitMs };
}

/**
 * One answer further. An answer that is not the awaited one (late, twice, of another type, to another command) changes
 * nothing: `now` itself is returned.
 */
export function advance<State>(saga: Saga<State>, txId: string, now: Progress<State>, answer: Answer): Progress<State> {
  const awaited = asking(saga, txId, now);
  if (!awaited || answer.causationId !== awaited.id) return now;
  if ('type' in answer && answer.type !== awaited.command.reply.name) return now;
  if (now.status === 'doing') return afterDoing(saga, now, answer);
  return now.status === 'undoing' ? afterUndoing(saga, now, answer) : now;
}

function afterDoing<State>(
  saga: Saga<State>,
  now: Progress<State> & { status: 'doing' },
  answer: Answer,
): Progress<State> {
  const step = stepOf(saga, now.step);
  const index = saga.steps.indexOf(step);
  if ('silentMs' in answer) {
    if (step.kind !== 'prepare') return now;
    const errorMessage = `${now.step} was not answered within ${answer.silentMs} ms`;
    return undo(saga, index, now.state, { step: now.step, code: 'DEADLINE_EXCEEDED', errorMessage });
  }
  if ('code' in answer) {
    if (step.kind === 'finish' || answer.code === UNDONE) return now;
    const { code, errorMessage } = answer;
    return undo(saga, index - 1, now.state, { step: now.step, code, errorMessage });
  }
  const state = folded(step, now.state, answer.message);
  const next = saga.steps[index + 1];
  return next ? { status: 'doing', step: next.do.name, state } : { status: 'approved', state };
}

function afterUndoing<State>(
  saga: Saga<State>,
  now: Progress<State> & { status: 'undoing' },
  answer: Answer,
): Progress<State> {
  if (!('type' in answer)) return now; // an undo cannot be refused, and its silence is asked again
  return undo(saga, saga.steps.indexOf(stepOf(saga, now.step)) - 1, now.state, now.refusal);
}

/** Undoes the step at `from` and then those before it, passing over what has nothing to undo. */
function undo<State>(saga: Saga<State>, from: number, state: State, refusal: SagaRefusal): Progress<State> {
  const step = saga.steps.findLast(({ undo }, index) => index <= from && undo !== 'nothing');
  return step ? { status: 'undoing', step: step.do.name, state, refusal } : { status: 'rejected', state, refusal };
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
