import {
  DatabaseFault,
  type Broker,
  type Entries,
  type OutboxRow,
  type ProducerRecord,
  type Session,
  type SubscriptionRequest,
  type InstanceLocks,
} from '../runtime';
import type { Stores } from '../sql';
import * as durable from './durable-methods';

/** Something that a process asks its database or the broker for, and that is still so after the process has died. */
export interface DurableAction {
  readonly service: string;
  readonly instance: string;
  /** What it does: the method, and what it writes. */
  readonly what: string;
}

/** What becomes of a durable action: it is done, or the process dies, or its answer says or hides what has become of it. */
export type Fate =
  | 'done'
  | 'process dies before'
  | 'process dies after'
  | 'connection lost before'
  | 'connection lost after'
  | 'conflict';

/** Decides what becomes of each action, and how long its answer takes. */
export interface Fates {
  of(action: DurableAction): Fate;
  /** Milliseconds that an answer of the database or the broker takes, reads included. */
  answerMs(service: string): number;
  /** The database of a service does not answer at all. */
  isDown(service: string): boolean;
}

/** Is told what was committed. */
export type CommitRecorder = (lane: number, producer: number, rows: Entries, outbox: readonly OutboxRow[]) => void;

/** A process that may die in the middle of an action. */
export interface MortalProcess {
  readonly service: string;
  readonly instance: string;
  /** From then on nothing that it asked for is answered. */
  die(): void;
  /** Resolves after so long, if the process lives then. */
  pause(durationMs: number): Promise<void>;
}

/** Stands between a process and its database and broker, so that whatever is durable is an action with a fate. */
export class DurableActions {
  private lanes = 0;
  private readonly remains: (() => Promise<void>)[] = [];
  private isBuried = false;

  constructor(
    private readonly process: MortalProcess,
    private readonly fates: Fates,
    private readonly committed: CommitRecorder,
  ) {}

  stores(stores: Stores): Stores {
    const open = async (instance: string): Promise<Session> => {
      const opened = await this.act('open a producer', 'writes', () => stores.database.open(instance));
      return this.session(opened, this.lanes++);
    };
    const take: InstanceLocks['take'] = (instance, lost) =>
      this.act('take the instance lock', 'reads', async () => {
        const taken = await stores.instanceLocks.take(instance, lost);
        if (taken) this.leaves(() => taken.leave());
        return taken;
      });
    return {
      ...stores,
      database: {
        open,
        look: (wanted) => this.act('look', 'reads', () => stores.database.look(wanted)),
        close: () => stores.database.close(),
      },
      outbox: this.each(stores.outbox, durable.outbox, 'outbox'),
      refused: this.each(stores.refused, durable.refused, 'refused records'),
      sagaStore: this.each(stores.sagaStore, durable.sagaStore, 'saga store'),
      events: this.each(stores.events, durable.events, 'events'),
      retention: this.each(stores.retention, durable.retention, 'retention'),
      instanceLocks: { take },
    };
  }

  /** The process has died: what it held is free, also what it has not seen yet because the answer was on its way. */
  bury(): void {
    this.isBuried = true;
    for (const bury of this.remains.splice(0)) void bury();
  }

  private leaves(bury: () => Promise<void>): void {
    if (this.isBuried) void bury();
    else this.remains.push(bury);
  }

  broker(real: Broker): Broker {
    const subscribe = async (wanted: SubscriptionRequest) => {
      const subscribed = await real.subscribe(wanted);
      this.leaves(() => subscribed.close());
      return this.each(subscribed, durable.subscription, 'offsets', { isDatabase: false });
    };
    const written = (sent: unknown) => (Array.isArray(sent) ? topicsOf(sent as readonly ProducerRecord[]) : []);
    return this.each(real, durable.broker, 'broker', { isDatabase: false, written, instead: { subscribe } });
  }

  private session(real: Session, lane: number): Session {
    const commit: Session['commit'] = async (number, rows, sent) => {
      await real.commit(number, rows, sent);
      this.committed(lane, real.producer, rows, sent);
    };
    const written = (_: unknown, rows: unknown, sent: unknown) =>
      rows instanceof Map ? [...tablesOf(rows as Entries), ...topicsOf(sent as readonly OutboxRow[])] : [];
    return this.each(real, durable.session, 'transaction', { written, instead: { commit } });
  }

  private each<T extends object>(target: T, methods: durable.Methods<any>, name: string, how: How = {}): T {
    const { isDatabase = true, written = () => [], instead = {} } = how;
    return new Proxy(target, {
      get: (object, method: string) => {
        const value: unknown = Reflect.get(object, method);
        const kind = methods[method];
        if (typeof value !== 'function') return value;
        const call = (instead[method] ?? value.bind(object)) as (...args: any[]) => Promise<any>;
        if (!kind || kind === 'at once') return call;
        return (...args: unknown[]) => {
          const what = [`${name}: ${method}`, ...(kind === 'writes' ? written(...args) : [])].join(' ');
          return this.act(what, kind, () => call(...args), isDatabase);
        };
      },
    });
  }

  private async act<T>(what: string, kind: durable.Kind, call: () => Promise<T>, isDatabase = true): Promise<T> {
    const { service, instance } = this.process;
    if (isDatabase && this.fates.isDown(service)) throw lost('is down');
    const fate = kind === 'writes' ? this.fates.of({ service, instance, what }) : 'done';
    if (fate === 'process dies before') return this.dies();
    if (isDatabase && fate === 'connection lost before') throw lost('was lost before it did this');
    if (isDatabase && fate === 'conflict')
      throw new DatabaseFault('conflict', 'the simulation lets others be in the way');
    const answer = await call();
    if (fate === 'process dies after') return this.dies();
    const answerMs = this.fates.answerMs(service);
    if (answerMs > 0) await this.process.pause(answerMs);
    if (isDatabase && fate === 'connection lost after') throw lost('was lost after it did this');
    return answer;
  }

  private dies(): Promise<never> {
    this.process.die();
    return new Promise(() => {});
  }
}

const lost = (what: string) => new DatabaseFault('lost', `the database of the simulation ${what}`);

interface How {
  readonly isDatabase?: boolean;
  /** What a call writes, for its name. */
  readonly written?: (...args: unknown[]) => readonly string[];
  readonly instead?: Readonly<Record<string, (...args: any[]) => Promise<unknown>>>;
}

const tablesOf = (rows: Entries): string[] => [...rows.keys()].map(({ name }) => name).sort();
const topicsOf = (records: readonly ProducerRecord[]): string[] =>
  records.length === 0 ? [] : ['→', ...[...new Set(records.map(({ topic }) => topic))].sort()];
