import {
  fullNameOf,
  targetSchema,
  subjectOf,
  errorSchema,
  type DecodedMessage,
  type ContractsByTopic,
} from '../../codec';
import type { AvroRecord } from '../../avro';
import { isCommand, type Contract, type Event } from '../../contract';
import type { Dispatcher } from '../../dispatcher';
import type { Orchestrator } from '../../orchestrator';
import type { Saga } from '../../saga';
import { dispatch, type BoundDispatcher } from '../handling/dispatch';
import type { HandlerContext, UnitOfWorkDefinition } from '../handling/handler-context';
import type { BoundOrchestrator, Orchestration } from '../saga/orchestrate';

/** What handles messages of a service: bind one for each dispatcher and each orchestrator. */
export abstract class MessageHandler {
  abstract readonly work: unknown;
}

/** Everything that a service listens to and sends, and who handles what. */
export class MessageRouting {
  private readonly dispatchers = new Map<string, BoundDispatcher>();
  readonly orchestrators = new Map<string, BoundOrchestrator>();
  private readonly contracts: Contract[] = [];

  constructor(
    handlers: readonly (Dispatcher | Orchestrator)[],
    definitionOf: (handler: Dispatcher | Orchestrator) => UnitOfWorkDefinition,
    /** The events of all its units of work. */
    private readonly emits: readonly Event[],
  ) {
    for (const handler of handlers) {
      const definition = definitionOf(handler);
      if ('saga' in handler) this.addOrchestrator({ orchestrator: handler, definition });
      else this.addDispatcher({ dispatcher: handler, definition });
    }
  }

  get topics(): string[] {
    return [...new Set(this.listening().map(({ topic }) => topic))].sort();
  }

  get sagas(): Saga[] {
    return [...this.orchestrators.values()].map(({ orchestrator }) => orchestrator.saga);
  }

  /** What may come, by topic. */
  listening(): ContractsByTopic[] {
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
  handlerOf(
    topic: string,
    received: DecodedMessage,
    sagas: Orchestration,
  ): ((context: HandlerContext) => Promise<void>) | undefined {
    const { contract, envelope } = received;
    const dispatcher = contract && this.dispatchers.get(keyOf(contract));
    if (dispatcher && 'message' in envelope) return (context) => dispatch(context, dispatcher, contract, envelope);
    const orchestrator = this.orchestrators.get(envelope.target);
    return orchestrator && ((context) => sagas.receive(context, orchestrator, topic, received));
  }

  private addDispatcher(bound: BoundDispatcher): void {
    for (const contract of bound.dispatcher.contracts) {
      if (this.dispatchers.has(keyOf(contract))) throw new Error(`${contract.name} has two dispatchers in one service`);
      this.dispatchers.set(keyOf(contract), bound);
      this.contracts.push(contract);
    }
  }

  private addOrchestrator(bound: BoundOrchestrator): void {
    const { name } = bound.orchestrator.saga;
    if (this.orchestrators.has(name)) throw new Error(`${name} has two orchestrators in one service`);
    this.orchestrators.set(name, bound);
  }
}

const keyOf = ({ topic, schema }: Contract): string => `${topic} ${fullNameOf(schema)}`;
/** Every command that a saga sends, those that compensate included. */
export const commandsOf = ({ steps }: Saga) =>
  steps.flatMap((step) => (step.undo === 'nothing' ? [step.do] : [step.do, step.undo]));
