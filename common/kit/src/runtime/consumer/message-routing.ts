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
import { Unprocessable } from '../../unprocessable';
import { dispatch, type Listener } from '../handling/dispatch';
import type { HandlerContext, UnitOfWorkDefinition } from '../handling/handler-context';
import type { BoundOrchestrator, Orchestration } from '../saga/orchestrate';

/** What handles messages of a service: bind one for each dispatcher and each orchestrator. */
export abstract class MessageHandler {
  abstract readonly work: unknown;
}

/** A contract that a service lists, and who handles its messages: of a command one, of an event any number. */
interface Listened {
  readonly contract: Contract;
  readonly listeners: Listener[];
}

/** Everything that a service listens to and sends, and who handles what. */
export class MessageRouting {
  private readonly listened = new Map<string, Listened>();
  /** The replies that each saga waits for, by its name. */
  private readonly replies = new Map<string, ReadonlySet<string>>();
  readonly orchestrators = new Map<string, BoundOrchestrator>();

  constructor(
    handlers: readonly (Dispatcher | Orchestrator)[],
    definitionOf: (handler: Dispatcher | Orchestrator) => UnitOfWorkDefinition,
    /** The events of all its units of work. */
    private readonly emits: readonly Event[],
  ) {
    for (const handler of handlers) {
      const definition = definitionOf(handler);
      if ('saga' in handler) this.addOrchestrator({ orchestrator: handler, definition });
      else this.addDispatcher(handler, definition);
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
    const own = this.contracts.map((contract) => ({ topic: contract.topic, contract }));
    return [...own, ...replies];
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

  /** Who handles it, an answer that others listen to as well among them; `undefined` for an answer to somebody else's saga. */
  handlerOf(
    topic: string,
    received: DecodedMessage,
    sagas: Orchestration,
  ): ((context: HandlerContext) => Promise<void>) | undefined {
    const { contract, envelope } = received;
    const key = contract && keyOf(contract);
    const listeners = key && this.listened.get(key)?.listeners;
    const orchestrator = this.orchestrators.get(envelope.target);
    const answers = orchestrator && (!listeners || this.replies.get(envelope.target)!.has(key));
    if (!answers && !listeners) return undefined;
    return async (context) => {
      if (answers) await sagas.receive(context, orchestrator, topic, received);
      if (listeners && 'message' in envelope) await dispatch(context, listeners, contract, envelope);
    };
  }

  private get contracts(): readonly Contract[] {
    return [...this.listened.values()].map(({ contract }) => contract);
  }

  private addDispatcher({ contracts, handlers }: Dispatcher, definition: UnitOfWorkDefinition): void {
    for (const contract of contracts) {
      const { name } = contract;
      if (isCommand(contract) && this.listened.has(keyOf(contract)))
        throw new Error(`${name} is a command and has two dispatchers in one service: who should answer it?`);
      this.listen(contract, {
        definition,
        handle: (received, context) => {
          const handler = handlers[name];
          if (!handler) throw new Unprocessable(`there is no handler for ${name}`);
          return handler(received, context.ports(definition));
        },
      });
    }
  }

  private listen(contract: Contract, listener: Listener): void {
    const listened = this.listened.get(keyOf(contract));
    if (listened) listened.listeners.push(listener);
    else this.listened.set(keyOf(contract), { contract, listeners: [listener] });
  }

  private addOrchestrator(bound: BoundOrchestrator): void {
    const { saga } = bound.orchestrator;
    if (this.orchestrators.has(saga.name)) throw new Error(`${saga.name} has two orchestrators in one service`);
    this.orchestrators.set(saga.name, bound);
    this.replies.set(saga.name, new Set(commandsOf(saga).map(({ reply }) => keyOf(reply))));
    const { on } = saga;
    if (!on) return;
    this.listen(on.event, {
      definition: bound.definition,
      handle: async ({ txId, message }, context) => {
        await context.runtime.sagas.begin(context, saga, txId, on.state(message));
        return [];
      },
    });
  }
}

const keyOf = ({ topic, schema }: Contract): string => `${topic} ${fullNameOf(schema)}`;
/** Every command that a saga sends, those that compensate included. */
export const commandsOf = ({ steps }: Saga) =>
  steps.flatMap((step) => (step.undo === 'nothing' ? [step.do] : [step.do, step.undo]));
