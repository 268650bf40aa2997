import type { Aggregate } from '../../aggregate';
import { fullNameOf, type Codec } from '../../codec';
import { isCommand, type Contract, type Event, type Message, type Refusal } from '../../contract';
import type { Envelope } from '../../envelope';
import type { Cancellation, Correlation, Delay, KitPorts, Ports } from '../../ports';
import { Unprocessable } from '../../unprocessable';
import type { Environment } from '../ports/environment';
import { eventIdOf, type Origin } from './event-id';
import type { Saga } from '../../saga';
import { faultOf } from './envelope-rules';
import { noteSent } from './note-sent';
import { headersFrom, traceparentOf, type TraceHeaders } from '../tracing/trace-headers';
import type { Attempt } from '../transaction/attempt';
import { ScopedStreams, type Appender } from './streams';
import { delayedEventTable } from '../ports/delayed-event-table';
import type { ServiceClock } from '../relay/service-clock';
import type { InboxMemory } from '../ports/inbox-memory';
import type { Table } from '../ports/table';

/** What handling a message takes, besides the transaction. */
export interface Runtime {
  /** The name of the service. */
  readonly service: string;
  readonly codec: Codec;
  readonly environment: Environment;
  /** The time by which sagas wait. */
  readonly clock: ServiceClock;
  readonly sagas: SagaStarter;
  readonly memory: InboxMemory;
}

/** What begins and cancels the sagas of a service. */
export interface SagaStarter {
  begin<State>(context: HandlerContext, saga: Saga<State>, txId: string, state: State): Promise<void>;
  cancel(context: HandlerContext, saga: Saga, txId: string, refusal: Refusal): Promise<Cancellation>;
}

/** The tables and the aggregates behind a unit of work, by the names of its repositories. */
export type Tables = Readonly<Record<string, Table | Aggregate>>;
/** What a unit of work is made of: its tables, and the events that may be sent in it. */
export interface UnitOfWorkDefinition {
  readonly tables: Tables;
  readonly emits: readonly Event[];
}

/** A record's value has to fit into a request to the broker. */
const valueBytesMax = 800_000;
const errorCharsMax = 1_000;

/** What one try of one handler speaks through. Everything it sends is caused by `causationId`. */
export class HandlerContext {
  private added = 0;

  constructor(
    readonly runtime: Runtime,
    readonly attempt: Attempt,
    readonly causationId: string,
    /** What it sends carries these. */
    private readonly headers: TraceHeaders = undefined,
    private readonly cause: Origin['cause'] = 'message',
  ) {}

  /** The same, for what follows from a message's not being answered. */
  onTimeout(messageId: string): HandlerContext {
    return new HandlerContext(this.runtime, this.attempt, messageId, this.headers, 'timeout');
  }

  /** The same, in the trace that a row has kept, if it has. */
  inTrace(kept: string | null): HandlerContext {
    return kept === null
      ? this
      : new HandlerContext(this.runtime, this.attempt, this.causationId, headersFrom(kept), this.cause);
  }

  /** For a row to keep. */
  get traceparent(): string | null {
    return traceparentOf(this.headers);
  }

  now(): Date {
    return this.runtime.environment.clock.now();
  }

  /** Encodes at once, so that what cannot be encoded fails the handler, not the relay. */
  send(id: string, correlation: Correlation, { contract, payload }: Message, causationId = this.causationId): Buffer {
    const envelope = this.envelope(contract.name, id, correlation, causationId);
    return this.put(contract.topic, correlation.txId, this.runtime.codec.encode(contract, envelope, payload));
  }

  refuse(id: string, correlation: Correlation, topic: string, { code, errorMessage }: Refusal): Buffer {
    checkSendable(`the refusal ${code}`, faultOf('code', code));
    const envelope = this.envelope(`the refusal ${code}`, id, correlation, this.causationId);
    const refusal = { code, errorMessage: errorMessage.slice(0, errorCharsMax) };
    return this.put(topic, correlation.txId, this.runtime.codec.encodeRefusal(topic, envelope, refusal));
  }

  /** Sends an event, now or later, and returns its id. `place` tells those apart that one handler sends. */
  emit({ emits }: UnitOfWorkDefinition, correlation: Correlation, event: Message, place: string, when?: Delay): string {
    const { contract } = event;
    if (isCommand(contract)) throw new Unprocessable(`${contract.name} is a command: only a saga sends it`);
    if (!emits.some((each) => isSame(each, contract)))
      throw new Unprocessable(
        `${contract.name} is not among the events that this unit of work emits: declare it in the type of its token, and list it where the work is bound`,
      );
    const { causationId, cause } = this;
    const id = eventIdOf(contract.name, { service: this.runtime.service, cause, causationId, place });
    if (when) this.delay(id, correlation, event, when.at);
    else {
      this.send(id, correlation, event);
      const { topic, name: type } = contract;
      noteSent(this.attempt, correlation, { topic, type, messageId: id, causationId }, this.now());
    }
    return id;
  }

  private async cancelSaga(saga: Saga, txId: string, refusal: Refusal): Promise<Cancellation> {
    if (saga.cancellations.includes(refusal.code)) return this.runtime.sagas.cancel(this, saga, txId, refusal);
    throw new Unprocessable(
      `saga ${saga.name} cannot be cancelled with ${refusal.code}: name it among its cancellations`,
    );
  }

  put(topic: string, key: string, value: Buffer): Buffer {
    const { headers } = this;
    const record = { topic, key, value: sendable(topic, value) };
    this.attempt.sent.push(headers ? { ...record, headers } : record);
    return value;
  }

  /** Encodes at once too: nobody is there any more when it leaves. */
  private delay(id: string, correlation: Correlation, { contract, payload }: Message, at: Date): void {
    const { target, txId } = correlation;
    const { topic, name: type } = contract;
    const { causationId, traceparent } = this;
    checkDate(type, at);
    const dueAt = this.runtime.clock.fromMachine(at);
    const envelope = { ...this.envelope(type, id, correlation, causationId), occurredAt: at };
    const value = sendable(topic, this.runtime.codec.encode(contract, envelope, payload));
    this.attempt
      .rows(delayedEventTable)
      .add({ id, topic, dueAt, value, type, target, txId, causationId, addedAt: this.now(), traceparent });
  }

  /** The row is locked: either this or who sends it finds it. */
  private async cancelDelayed(id: string): Promise<boolean> {
    const rows = this.attempt.rows(delayedEventTable);
    if (!(await rows.get(id))) return false;
    rows.delete(id);
    return true;
  }

  ports<Own, E extends Event>(definition: UnitOfWorkDefinition): Ports<Own, E> {
    const { ids, clock } = this.runtime.environment;
    const kit: KitPorts<E> = {
      ids,
      clock,
      outbox: {
        add: (correlation, event, when) => this.emit(definition, correlation, event, `added ${++this.added}`, when),
        cancel: (id) => this.cancelDelayed(id),
      },
      sagas: {
        begin: (saga, txId, state) => this.runtime.sagas.begin(this, saga, txId, state),
        cancel: (saga, txId, code, errorMessage = code) => this.cancelSaga(saga, txId, { code, errorMessage }),
      },
    };
    return Object.assign(repositories(definition.tables, this.attempt, this), kit) as Ports<Own, E>;
  }

  /** Takes nothing over but the correlation: a whole envelope would bring its own id along. */
  private envelope(what: string, id: string, { target, txId }: Correlation, causationId: string): Envelope {
    checkSendable(what, faultOf('target', target) ?? faultOf('txId', txId));
    return { id, target, txId, causationId, occurredAt: this.now() };
  }
}

function sendable(topic: string, value: Buffer): Buffer {
  if (value.length <= valueBytesMax) return value;
  throw new Unprocessable(`a message for ${topic} has ${value.length} bytes; ${valueBytesMax} are the most`);
}

function checkDate(type: string, at: Date): void {
  if (!(at instanceof Date) || Number.isNaN(at.getTime()))
    throw new Unprocessable(`${type} is to leave at an invalid date: "at" has to be a Date with a time in it`);
}

function checkSendable(what: string, fault: string | undefined): void {
  if (fault !== undefined)
    throw new Unprocessable(
      `${what} could not be received by anybody: its ${fault}. Take an id that fits, or a hash of yours`,
    );
}

const isSame = (a: Contract, b: Contract): boolean =>
  a === b || (a.topic === b.topic && fullNameOf(a.schema) === fullNameOf(b.schema));

/** The repositories of a unit of work, made when they are first touched. Without an appender they only look. */
export function repositories(tables: Tables, attempt: Attempt, appender?: Appender): object {
  let Repositories = classes.get(tables);
  if (!Repositories) classes.set(tables, (Repositories = classOf(tables)));
  return new Repositories(attempt, appender);
}
type RepositoriesClass = new (attempt: Attempt, appender: Appender | undefined) => object;
const classes = new WeakMap<Tables, RepositoriesClass>();

function classOf(tables: Tables): RepositoriesClass {
  class Repositories {
    constructor(
      readonly attempt: Attempt,
      readonly appender: Appender | undefined,
    ) {}
  }
  for (const [name, of] of Object.entries(tables))
    Object.defineProperty(Repositories.prototype, name, {
      get(this: Repositories) {
        return 'evolve' in of ? new ScopedStreams(this.attempt, of, this.appender) : this.attempt.rows(of);
      },
    });
  return Repositories;
}

/** Those of a unit of work's parts that are tables of the service's own. */
export const tablesIn = (tables: Tables): Table[] =>
  Object.values(tables).filter((each): each is Table => !('evolve' in each));
export const aggregatesIn = (tables: Tables): Aggregate[] =>
  Object.values(tables).filter((each): each is Aggregate => 'evolve' in each);
