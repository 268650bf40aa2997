import type { Command, Contract, Event, Message, PayloadOf, Refusal } from './contract';
import type { TargetEventMessage } from './envelope';
import type { Ports, UnitOfWorkToken } from './ports';
import type { Literal } from './checked-schema';

/**
 * Says what a service does on each message that it listens to: one handler a contract, all of them. What a handler returns
 * is sent in the transaction that keeps what it put; it belongs to the process of what was received, and bears its key. What
 * it sends about something else goes through its `outbox`. A handler may run more than once for one message, so it acts only
 * through its ports and its return value.
 *
 * @example
 * ```ts
 * import { command, dispatcher, event, UnitOfWork, type Repository } from 'saga-kit';
 *
 * const fields = [{ name: 'orderId', type: 'string' }] as const;
 * const Paid = event({ type: 'record', name: 'Paid', namespace: 'payment', topic: 'paid', fields });
 * const Pay = command({ type: 'record', name: 'Pay', namespace: 'payment', topic: 'pay', fields, reply: Paid, refusals: [] });
 * type Payment = Readonly<{ orderId: string }>;
 * abstract class PaymentWork extends UnitOfWork<{ payments: Repository<Payment> }> {}
 *
 * export const paymentDispatcher = dispatcher([Pay], PaymentWork, {
 *   Pay: async ({ message }, { payments }) => {
 *     payments.put(message);
 *     return Paid.of(message);
 *   },
 * });
 * ```
 */
export function dispatcher<C extends Contract, Own, E extends Event>(
  contracts: readonly C[] & Literal<C['name'], Listed>,
  work: UnitOfWorkToken<Own, E>,
  handlers: Handlers<C, Own, NoInfer<E>>,
): Dispatcher<Own, E> {
  return { contracts, work, handlers: handlers as Dispatcher<Own, E>['handlers'] };
}

type Listed = 'contracts whose names are literals, in a list as const';

/** The handlers of some contracts, and the token of the unit of work in which they run. */
export interface Dispatcher<Own = any, E extends Event = any> {
  readonly contracts: readonly Contract[];
  readonly work: UnitOfWorkToken<Own, E>;
  readonly handlers: Readonly<
    Record<
      string,
      (received: TargetEventMessage, ports: Ports<Own, E>) => Promise<Message | Refusal | readonly Message[]>
    >
  >;
}

/** Keyed by the contracts' names: a forgotten one does not compile, and the message says which. */
export type Handlers<C extends Contract, Own, E extends Event = never> = {
  readonly [Name in C['name']]: Handler<Extract<C, { readonly name: Name }>, Own, E>;
};
/** Handles one message in a unit of work, and resolves with its answer. */
export type Handler<C extends Contract, Own, E extends Event = never> = (
  received: TargetEventMessage<PayloadOf<C>>,
  ports: Ports<Own, E>,
) => Promise<AnswerTo<C, E>>;

/** A command is answered with its reply or one of its refusals; an event is followed by any number of events. */
export type AnswerTo<C, E extends Event = never> =
  C extends Command<string, any, infer Reply, infer Code>
    ? ReturnType<Reply['of']> | Refusal<Code>
    : readonly ReturnType<E['of']>[];
