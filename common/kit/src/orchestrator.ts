import type { Event, Refusal } from './contract';
import type { Ports, UnitOfWorkToken } from './ports';
import type { CodesOf, Saga, StateOf, StepsOf } from './saga';
import type { Literal } from './checked-schema';

/**
 * What a saga does to the service's own data, in the transaction of the message that brought it there.
 *
 * @example
 * ```ts
 * import { command, event, orchestrator, record, saga, UnitOfWork } from 'saga-kit';
 *
 * const fields = [{ name: 'orderId', type: 'string' }] as const;
 * const Paid = event({ type: 'record', name: 'Paid', namespace: 'payment', topic: 'paid', fields });
 * const Pay = command({ type: 'record', name: 'Pay', namespace: 'payment', topic: 'pay', fields, reply: Paid, refusals: [] });
 * const Order = record({ type: 'record', name: 'Order', namespace: 'order', fields });
 * const orderCreation = saga({ name: 'ORDER_CREATION', state: Order, compensatable: [], pivot: { do: Pay } });
 * abstract class OrderWork extends UnitOfWork<{}> {}
 *
 * export const orderOrchestrator = orchestrator(orderCreation, OrderWork, {
 *   completed: async ({ orderId }) => console.log(`${orderId} is paid`),
 *   rejected: async ({ orderId }, { code }) => console.log(`${orderId}: ${code}`),
 * });
 * ```
 */
export const orchestrator = <S extends Saga, Own, E extends Event>(
  saga: S & Literal<StepsOf<S>, 'steps whose names are literals'>,
  work: UnitOfWorkToken<Own, E>,
  endings: Endings<StateOf<S>, CodesOf<S>, StepsOf<S>, Own, NoInfer<E>>,
): Orchestrator<S, Own, E> => ({ saga, work, endings });

/** A saga, its endings, and the token of the unit of work in which they run. */
export interface Orchestrator<S extends Saga = any, Own = any, E extends Event = any> {
  readonly saga: S;
  readonly work: UnitOfWorkToken<Own, E>;
  readonly endings: Endings<StateOf<S>, CodesOf<S>, StepsOf<S>, Own, E>;
}

/** What a saga does to the data of its own service: when it has ended, either way, and after some of its steps. */
export interface Endings<State, Code extends string, StepName extends string, Own, E extends Event = never> {
  /** Every step is done. */
  completed(state: State, ports: Ports<Own, E>): Promise<void>;
  /** Everything that was done is undone. */
  rejected(state: State, refusal: SagaRefusal<Code>, ports: Ports<Own, E>): Promise<void>;
  /** The reply to this step is in the state, and the saga goes on: for what should be seen while it is still open. */
  readonly after?: { readonly [Name in StepName]?: (state: State, ports: Ports<Own, E>) => Promise<void> };
}

/** Why a saga was rejected, and at which step: the name of its command. */
export interface SagaRefusal<Code extends string = string> extends Refusal<Code> {
  readonly step: string;
}
