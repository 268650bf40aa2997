import type { Codec } from '../codec';
import { isCommand, type Message, type Refusal } from '../contract';
import type { Envelope } from '../envelope';
import type { KitPorts, Ports } from '../ports';
import { Unprocessable } from '../unprocessable';
import type { Definition } from './definition';
import type { Environment } from './environment';
import { beginSaga } from './orchestrate';
import type { Scope } from './scope';
import type { Table } from './table';

/** What handling a message takes, besides the transaction. */
export interface Engine {
  readonly codec: Codec;
  readonly environment: Environment;
  /** By name. */
  readonly definitions: ReadonlyMap<string, Definition>;
}

/** The process that a message belongs to. */
export type Process = Pick<Envelope, 'target' | 'txId'>;
/** The tables behind a unit of work, by the names of its repositories. */
export type Tables = Readonly<Record<string, Table>>;

/** A record's value has to fit into a request to the broker. */
const valueBytesMax = 800_000;
const errorCharsMax = 1_000;

/** What one try of one handler speaks through. Everything it sends is caused by `causationId`. */
export class Desk {
  private count = 0;

  constructor(
    readonly engine: Engine,
    readonly scope: Scope,
    readonly causationId: string,
  ) {}

  now(): Date {
    return this.engine.environment.clock.now();
  }

  /** Encodes at once, so that what cannot be encoded fails the handler, not the relay. */
  send(id: string, process: Process, { contract, payload }: Message, causationId = this.causationId): Buffer {
    const envelope = { id, ...process, causationId, occurredAt: this.now() };
    return this.put(contract.topic, process.txId, this.engine.codec.encode(contract, envelope, payload));
  }

  refuse(id: string, process: Process, topic: string, { code, errorMessage }: Refusal): Buffer {
    const envelope = { id, ...process, causationId: this.causationId, occurredAt: this.now() };
    const refusal = { code, errorMessage: errorMessage.slice(0, errorCharsMax) };
    return this.put(topic, process.txId, this.engine.codec.encodeRefusal(topic, envelope, refusal));
  }

  put(topic: string, key: string, value: Buffer): Buffer {
    if (value.length > valueBytesMax)
      throw new Unprocessable(`a message for ${topic} has ${value.length} bytes; ${valueBytesMax} are the most`);
    this.scope.sent.push({ topic, key, value });
    return value;
  }

  ports<Own>(tables: Tables): Ports<Own> {
    const { ids, clock } = this.engine.environment;
    const kit: KitPorts = {
      ids,
      clock,
      outbox: {
        add: (process, event) => {
          if (isCommand(event.contract))
            throw new Unprocessable(`${event.contract.name} is a command: only a saga sends it`);
          this.send(`${this.causationId}/${++this.count}`, process, event);
        },
      },
      sagas: { begin: (saga, txId, state) => beginSaga(this, saga, txId, state) },
    };
    return Object.assign(repositories(tables, this.scope), kit) as Ports<Own>;
  }
}

/** The repositories of a unit of work, made when they are first touched. */
export function repositories(tables: Tables, scope: Scope): object {
  let Repositories = classes.get(tables);
  if (!Repositories) classes.set(tables, (Repositories = classOf(tables)));
  return new Repositories(scope);
}
const classes = new WeakMap<Tables, new (scope: Scope) => object>();

function classOf(tables: Tables): new (scope: Scope) => object {
  class Repositories {
    constructor(readonly scope: Scope) {}
  }
  for (const [name, table] of Object.entries(tables))
    Object.defineProperty(Repositories.prototype, name, {
      get(this: Repositories) {
        return this.scope.rows(table);
      },
    });
  return Repositories;
}
