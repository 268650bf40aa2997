import { fullNameOf, targetSchema, subjectOf, errorSchema, type Decoded, type Listening } from '../codec';
import type { AvroRecord } from '../avro';
import { isCommand, type Contract, type Event } from '../contract';
import type { Dispatcher } from '../dispatcher';
import type { Orchestrator } from '../orchestrator';
import type { Saga } from '../saga';
import { dispatch, type Dispatching } from './dispatch';
import type { Desk, Means } from './engine';
import { orchestrate, type Orchestrating } from './orchestrate';

/** What a service listens with: bind one for each dispatcher and each orchestrator. */
export abstract class Listener {
  abstract readonly work: unknown;
}

/** Everything that a service listens to and sends, and who handles what. */
export class Listeners {
  private readonly dispatching = new Map<string, Dispatching>();
  readonly orchestrating = new Map<string, Orchestrating>();
  private readonly contracts: Contract[] = [];

  constructor(
    listeners: readonly (Dispatcher | Orchestrator)[],
    meansOf: (listener: Dispatcher | Orchestrator) => Means,
    /** The events of all its units of work. */
    private readonly emits: readonly Event[],
  ) {
    for (const listener of listeners) {
      const means = meansOf(listener);
      if ('saga' in listener) this.addOrchestrator({ orchestrator: listener, means });
      else this.addDispatcher({ dispatcher: listener, means });
    }
  }

  get topics(): string[] {
    return [...new Set(this.listening().map(({ topic }) => topic))].sort();
  }

  get sagas(): Saga[] {
    return [...this.orchestrating.values()].map(({ orchestrator }) => orchestrator.saga);
  }

  /** What may come, by topic. */
  listening(): Listening[] {
    const commands = this.sagas.flatMap(commandsOf);
    const replies = commands.flatMap(({ reply }) => [
      { topic: reply.topic, contract: reply },
      { topic: reply.topic, contract: undefined },
    ]);
    return [...this.contracts.map((contract) => ({ topic: contract.topic, contract })), ...replies];
  }

  /** The schemas that this service writes with, by subject. */
  sends(): ReadonlyMap<string, AvroRecord> {
    const subjects = new Map<string, AvroRecord>();
    const add = (topic: string, schema: AvroRecord) => subjects.set(subjectOf(topic, schema), schema);
    for (const contract of this.contracts.filter(isCommand)) {
      add(contract.reply.topic, targetSchema(contract.reply));
      add(contract.reply.topic, errorSchema);
    }
    for (const event of this.emits) add(event.topic, targetSchema(event));
    for (const command of this.sagas.flatMap(commandsOf)) add(command.topic, targetSchema(command));
    return subjects;
  }

  /** Who handles it; `undefined` for an answer to a saga that is not of this service. */
  handlerOf(topic: string, received: Decoded): ((desk: Desk) => Promise<void>) | undefined {
    const { contract, envelope } = received;
    const dispatching = contract && this.dispatching.get(keyOf(contract));
    if (dispatching && 'message' in envelope) return (desk) => dispatch(desk, dispatching, contract, envelope);
    const orchestrating = this.orchestrating.get(envelope.target);
    return orchestrating && ((desk) => orchestrate(desk, orchestrating, topic, received));
  }

  private addDispatcher(dispatching: Dispatching): void {
    for (const contract of dispatching.dispatcher.contracts) {
      if (this.dispatching.has(keyOf(contract))) throw new Error(`${contract.name} has two dispatchers in one service`);
      this.dispatching.set(keyOf(contract), dispatching);
      this.contracts.push(contract);
    }
  }

  private addOrchestrator(orchestrating: Orchestrating): void {
    const { name } = orchestrating.orchestrator.saga;
    if (this.orchestrating.has(name)) throw new Error(`${name} has two orchestrators in one service`);
    this.orchestrating.set(name, orchestrating);
  }
}

const keyOf = ({ topic, schema }: Contract): string => `${topic} ${fullNameOf(schema)}`;
const commandsOf = ({ steps }: Saga) =>
  steps.flatMap((step) => (step.undo === 'nothing' ? [step.do] : [step.do, step.undo]));
