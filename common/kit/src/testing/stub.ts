import { ContainerModule } from 'inversify';
import type { ServiceLiteral } from '../app';
import { isCommand, type Command, type Contract, type Message, type PayloadOf, type Refusal } from '../contract';
import type { AnswerTo, Dispatcher } from '../dispatcher';
import { UnitOfWork } from '../ports';
import { MessageHandler, UnitsOfWork } from '../runtime';
import { answerBy, type StubRule } from './stub-rules';

abstract class StubWork extends UnitOfWork<{}> {}

/**
 * Plays a participant: answers every command as its rules say, else with yes. It is a service like any other, so it answers
 * a command that comes twice twice the same, and meets an undo that comes first.
 */
export class Stub<C extends Contract = Contract> implements ServiceLiteral {
  readonly migrations = [];
  readonly bindings: ContainerModule;
  private readonly answers = new Map<string, (message: any) => Message | Refusal | Promise<Message | Refusal>>();
  private readonly heard = new Map<string, { readonly name: string; readonly payload: unknown }>();

  constructor(
    readonly name: string,
    private readonly contracts: readonly C[],
    private readonly rules: readonly StubRule[] = [],
  ) {
    this.bindings = new ContainerModule(({ bind }) => {
      bind(StubWork).toResolvedValue((unitsOfWork) => unitsOfWork.of(StubWork, {}), [UnitsOfWork]);
      bind(MessageHandler).toConstantValue(this.dispatcher());
    });
  }

  /** Answers this command with a function instead of a rule. */
  on<D extends C & Command>(command: D, answer: (message: PayloadOf<D>) => AnswerTo<D> | Promise<AnswerTo<D>>): this {
    this.answers.set(command.name, answer as (message: any) => Message | Refusal);
    return this;
  }

  /** What it was sent; a message that came several times counts once. */
  received<D extends C>({ name }: D): PayloadOf<D>[] {
    const all = [...this.heard.values()].filter((each) => each.name === name);
    return all.map(({ payload }) => payload as PayloadOf<D>);
  }

  private dispatcher(): Dispatcher {
    const handlerOf =
      (contract: Contract) =>
      async ({ id, message }: { readonly id: string; readonly message: unknown }) => {
        this.heard.set(id, { name: contract.name, payload: message });
        if (!isCommand(contract)) return [];
        const answer = this.answers.get(contract.name);
        return answer ? await answer(message) : answerBy(this.rules, contract, message as Record<string, unknown>);
      };
    const handlers = Object.fromEntries(this.contracts.map((contract) => [contract.name, handlerOf(contract)]));
    return { contracts: this.contracts, work: StubWork, handlers };
  }
}

/** A participant that is played. */
export const stub = <C extends Contract>(name: string, contracts: readonly C[], rules?: readonly StubRule[]): Stub<C> =>
  new Stub(name, contracts, rules);
