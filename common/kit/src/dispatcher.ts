import type { Command, Contract, Message, PayloadOf, Refusal } from './contract';
import type { TargetEventMessage } from './envelope';
import type { Ports, WorkToken } from './ports';
import type { Literal } from './sound';

/**
 * Says what a service does on each message that it listens to: one handler a contract, all of them. What a handler returns
 * is sent in the transaction that keeps what it put. A handler may run more than once for one message, so it acts only
 * through its ports and its return value. `emits` are the events that handlers of events, and the outbox, may send.
 */
export function dispatcher<C extends Contract, Own, E extends Contract = never>(
  contracts: readonly C[] & Literal<C['name'], Listed>,
  work: WorkToken<Own>,
  handlers: Handlers<C, Own, E>,
  emits?: readonly E[] & Literal<E['name'], Listed>,
): Dispatcher<Own> {
  return { contracts, work, handlers: handlers as Dispatcher<Own>['handlers'], emits: emits ?? [] };
}

type Listed = 'contracts whose names are literals, in a list as const';

export interface Dispatcher<Own = any> {
  readonly contracts: readonly Contract[];
  readonly emits: readonly Contract[];
  readonly work: WorkToken<Own>;
  readonly handlers: Readonly<
    Record<string, (received: TargetEventMessage, ports: Ports<Own>) => Promise<Message | Refusal | readonly Message[]>>
  >;
}

/** Keyed by the contracts' names: a forgotten one does not compile, and the message says which. */
export type Handlers<C extends Contract, Own, E extends Contract = never> = {
  readonly [Name in C['name']]: Handler<Extract<C, { readonly name: Name }>, Own, E>;
};
export type Handler<C extends Contract, Own, E extends Contract = never> = (
  received: TargetEventMessage<PayloadOf<C>>,
  ports: Ports<Own>,
) => Promise<AnswerTo<C, E>>;

/** A command is answered with its reply or one of its refusals; an event is followed by any number of events. */
export type AnswerTo<C, E extends Contract = never> =
  C extends Command<string, any, infer Reply, infer Code>
    ? ReturnType<Reply['of']> | Refusal<Code>
    : readonly ReturnType<E['of']>[];
