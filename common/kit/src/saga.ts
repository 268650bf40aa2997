import type { AvroRecord, Shape } from './avro';
import { checkSchema } from './check-schema';
import {
  checkCode,
  isCommand,
  type CodeOf,
  type Command,
  type Contract,
  type Message,
  type PayloadOf,
} from './contract';
import type { Literal } from './checked-schema';

/** Milliseconds after which a compensatable step that has not been answered is given up and compensated. */
export const defaultDeadlineMs = 60_000;
/** Milliseconds after which a pivot, a retriable step or an undo is retried; doubled each time, up to `retryAfterMsMax`. */
export const defaultRetryAfterMs = 5_000;
/** Milliseconds that are waited between two attempts at the most. */
export const retryAfterMsMax = 300_000;
/** After so many attempts without an answer (over an hour with the defaults), a saga needs an operator. */
export const attemptsMax = 20;

/**
 * A business action over several services, as data. Steps run in order, one at a time:
 * - `compensatable`: may be refused; each names its compensation, `undo`. At its deadline it is given up: its outcome is
 *   unknown, so it is compensated too, and then everything before it, in reverse.
 * - `pivot`: the point of no return. A refusal compensates every step before it. Without an answer it is retried, and never
 *   compensated.
 * - `retriable`: cannot be refused, is never compensated, is retried until it is answered.
 *
 * A command takes its fields by name from the state; `fold` adds what a reply brings. `on` begins an instance with each
 * event of a kind, beside `sagas.begin`; `cancellations` are the codes with which `sagas.cancel` may end one before its pivot.
 * Throws where the literal cannot work: a command named twice, a deadline that ends before the participant gives up.
 * Source: Garcia-Molina & Salem, "Sagas" (1987); the kinds of steps from Richardson, "Microservices Patterns", chapter 4.
 *
 * @example
 * ```ts
 * import { command, event, record, saga } from 'saga-kit';
 *
 * const fields = [{ name: 'orderId', type: 'string' }] as const;
 * const Paid = event({ type: 'record', name: 'Paid', namespace: 'payment', topic: 'paid', fields });
 * const Pay = command({ type: 'record', name: 'Pay', namespace: 'payment', topic: 'pay', fields, reply: Paid, refusals: [] });
 * const Order = record({ type: 'record', name: 'Order', namespace: 'order', fields });
 *
 * export const orderCreation = saga({
 *   name: 'ORDER_CREATION',
 *   state: Order,
 *   compensatable: [],
 *   pivot: { do: Pay },
 * });
 * ```
 */
export function saga<
  State,
  P extends readonly Command[],
  C extends Command = never,
  F extends readonly UnrefusableCommand[] = [],
  const K extends readonly string[] = [],
  E extends Contract = never,
>(
  literal: Literal<(P[number] | C | F[number])['name'], 'commands whose names are literals'> & {
    readonly name: string;
    readonly state: AvroRecord & Shape<State>;
    readonly on?: SagaTrigger<State, E>;
    readonly cancellations?: K & Literal<K[number], 'literals as its cancellations'>;
    readonly compensatable: { readonly [I in keyof P]: CompensatableStep<State, P[I]> };
    readonly pivot?: PivotStep<State, C>;
    readonly retriable?: { readonly [I in keyof F]: RetriableStep<State, F[I]> };
  },
): Saga<
  State,
  CodeOf<P[number]> | CodeOf<C> | K[number] | 'DEADLINE_EXCEEDED',
  (P[number] | C | F[number])['name'],
  K[number]
> {
  const compensatable: readonly CompensatableStep<State, Command>[] = literal.compensatable;
  const retriable: readonly RetriableStep<State, Command>[] = literal.retriable ?? [];
  const steps: readonly Step<State>[] = [
    ...compensatable.map((step) => ({ ...defaults, ...step, kind: 'compensatable' as const })),
    ...(literal.pivot ? [neverUndone('pivot', literal.pivot)] : []),
    ...retriable.map((step) => neverUndone('retriable', step)),
  ];
  const { name, state, on, cancellations = [] } = literal;
  check(name, steps);
  checkSchema(`the state of saga ${name}`, state);
  const refusals = new Set(steps.flatMap((step) => step.do.refusals));
  for (const code of cancellations) {
    checkCode(`saga ${name}`, code);
    if (refusals.has(code))
      throw new Error(`saga ${name}: a participant refuses with ${code} too: cancel with another code`);
  }
  if (on && isCommand(on.event))
    throw new Error(`saga ${name}: it begins with an event, and ${on.event.name} is a command`);
  return { name, state, steps, cancellations, ...(on && { on }) };
}

/** A saga, as `saga()` has checked it. */
export interface Saga<
  State = any,
  Code extends string = string,
  StepName extends string = string,
  Cancellation extends string = string,
> {
  readonly name: string;
  readonly state: AvroRecord & Shape<State>;
  readonly steps: readonly Step<State>[];
  readonly on?: { readonly event: Contract; state(message: any): State };
  readonly cancellations: readonly Cancellation[];
  readonly types?: { readonly code: Code; readonly step: StepName }; // never there: it only carries them
}
/**
 * What begins a saga by itself: an event, and the state that is made of it. The instance has the `txId` of the event; one
 * that has begun already is left alone.
 */
export interface SagaTrigger<State, E extends Contract> {
  readonly event: E;
  readonly state: (message: PayloadOf<E>) => State;
}

/** A step as the runner reads it. `kind` decides what a refusal and a timeout mean. */
export interface Step<State = any> {
  readonly kind: 'compensatable' | 'pivot' | 'retriable';
  readonly do: StateCommand<State>;
  readonly undo: StateCommand<State> | 'nothing';
  readonly fold?: { readonly [Field in keyof State]?: (reply: any, state: State) => State[Field] };
  readonly deadlineMs: number;
  readonly retryAfterMs: number;
}

/** A command whose payload can be taken from `State`. */
export interface StateCommand<State, Code extends string = string> {
  readonly name: string;
  readonly topic: string;
  readonly schema: Contract['schema'];
  readonly reply: Contract;
  readonly refusals: readonly Code[];
  readonly budgetMs: number;
  readonly of: (state: State) => Message;
}

/** The type of the state of a saga. */
export type StateOf<S extends Saga> = S extends Saga<infer State> ? State : never;
/** Every code that the saga can be rejected with. */
export type CodesOf<S extends Saga> = S extends Saga<any, infer Code> ? Code : never;
/** The codes with which it can be cancelled. */
export type CancellationsOf<S extends Saga> = S['cancellations'][number];
/** The names of its steps: those of their commands. */
export type StepsOf<S extends Saga> = S extends Saga<any, any, infer StepName> ? StepName : never;

type UnrefusableCommand = Command<string, any, Contract, never>;
/** An undo cannot be refused, and its reply can be made from the undo itself. */
type Undo<State> = StateCommand<State, never> & { readonly impliesReply: 'yes' };

type CompensatableStep<State, C extends Command> = Do<State, C> & {
  readonly undo: Undo<State> | 'nothing';
  readonly deadlineMs?: number;
};
type PivotStep<State, C extends Command> = Do<State, C> & { readonly retryAfterMs?: number };
type RetriableStep<State, C extends Command> = Do<State, C> & { readonly retryAfterMs?: number };
type Do<State, C extends Command> = {
  readonly do: C & StateCommand<State>;
  /** What the reply adds to the state, field by field, so that a misspelt field is an error. */
  readonly fold?: {
    readonly [Field in keyof State]?: (reply: PayloadOf<C['reply']>, state: State) => State[Field];
  };
};

const defaults = { deadlineMs: defaultDeadlineMs, retryAfterMs: defaultRetryAfterMs } as const;
const neverUndone = <State>(kind: Step['kind'], step: RetriableStep<State, Command>): Step<State> => ({
  ...defaults,
  ...step,
  undo: 'nothing',
  kind,
});

function check(name: string, steps: readonly Step[]): void {
  if (!/^[A-Z][A-Z0-9_]{0,59}$/.test(name)) throw new Error(`saga "${name}": a name is up to 60 of A-Z, 0-9 and _`);
  if (steps.length === 0) throw new Error(`saga ${name}: it has no step`);
  const names = new Set<string>();
  for (const { kind, do: command, deadlineMs, retryAfterMs } of steps) {
    if (names.has(command.name))
      throw new Error(`saga ${name}: ${command.name} is named twice, but its name is its place`);
    names.add(command.name);
    if (!(retryAfterMs > 0))
      throw new Error(`saga ${name}: ${command.name} cannot be retried after ${retryAfterMs} ms`);
    if (kind === 'compensatable' && !(deadlineMs > command.budgetMs))
      throw new Error(
        `saga ${name}: ${command.name} has a deadline of ${deadlineMs} ms, but its participant tries for ${command.budgetMs} ms: allow more`,
      );
  }
}
