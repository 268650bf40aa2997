import type { Refusal } from './contract';
import type { Ports, WorkToken } from './ports';
import type { CodesOf, Saga, StateOf, StepsOf } from './saga';
import type { Literal } from './sound';

/** What a saga does to the service's own data, in the transaction of the message that brought it there. */
export const orchestrator = <S extends Saga, Own>(
  saga: S & Literal<StepsOf<S>, 'steps whose names are literals'>,
  work: WorkToken<Own>,
  endings: Endings<StateOf<S>, CodesOf<S>, StepsOf<S>, Own>,
): Orchestrator<S, Own> => ({ saga, work, endings });

export interface Orchestrator<S extends Saga = any, Own = any> {
  readonly saga: S;
  readonly work: WorkToken<Own>;
  readonly endings: Endings<StateOf<S>, CodesOf<S>, StepsOf<S>, Own>;
}

export interface Endings<State, Code extends string, StepName extends string, Own> {
  /** Every step is done. */
  approved(state: State, ports: Ports<Own>): Promise<void>;
  /** Everything that was done is undone. */
  rejected(state: State, refusal: SagaRefusal<Code>, ports: Ports<Own>): Promise<void>;
  /** The reply to this step is in the state, and the saga goes on: for what should be seen while it is still open. */
  readonly after?: { readonly [Name in StepName]?: (state: State, ports: Ports<Own>) => Promise<void> };
}

/** Why a saga was rejected, and at which step: the name of its command. */
export interface SagaRefusal<Code extends string = string> extends Refusal<Code> {
  readonly step: string;
}
