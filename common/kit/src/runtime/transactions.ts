import { Overloaded, type Ports, type Repository, type UnitOfWork, type WorkToken } from '../ports';
import { Batch } from './batch';
import { Desk, repositories, type Engine, type Tables } from './engine';
import type { Job, Lane, Outcome } from './lane';
import type { Database } from './store';
import type { Table } from './table';

/** A call waits in memory for its turn; more than this is turned away. */
const callsMax = 10_000;

/** Makes units of work. Which tables they are made of is for a service's module to say. */
export abstract class Works {
  abstract of<Own>(token: WorkToken<Own>, tables: TablesOf<Own>): UnitOfWork<Own>;
}
export type TablesOf<Own> = {
  readonly [Name in keyof Own]: Own[Name] extends Repository<infer Item, infer Id> ? Table<Item, Id> : never;
};

/** What a running service lends to its units of work. */
export interface Calls {
  readonly engine: Engine;
  readonly lane: Lane;
  readonly database: Database;
}

/** A unit of work for calls from outside. Calls that arrive together share a transaction. */
export class Transactions<Own> implements UnitOfWork<Own> {
  constructor(
    private readonly calls: () => Calls,
    readonly tables: Tables,
  ) {}

  run<T>(work: (ports: Ports<Own>) => Promise<T>): Promise<T> {
    const { lane, engine } = this.calls();
    if (lane.outage !== undefined) return Promise.reject(new Overloaded('the database does not answer'));
    if (lane.full) return Promise.reject(new Overloaded('the broker does not take what was committed'));
    if (lane.waiting >= callsMax) return Promise.reject(new Overloaded(`${lane.waiting} calls are waiting`));
    const cause = engine.environment.ids.next();
    return new Promise((resolve, reject) => {
      const call = (batch: Batch) =>
        batch.attempt((scope) => work(new Desk(engine, scope, cause).ports<Own>(this.tables)));
      lane.submit(new Call(call, resolve, reject));
    });
  }

  async read<T>(look: (ports: Readonly<Own>) => Promise<T>): Promise<T> {
    const { database } = this.calls();
    const batch = new Batch((wanted) => database.look(wanted));
    const found: { value?: T } = {};
    await batch.run([
      async () => {
        found.value = await batch.attempt((scope) => look(repositories(this.tables, scope) as Own));
      },
    ]);
    if (batch.writes().rows.size > 0) throw new Error('read only looks: use run to change something');
    return found.value as T;
  }
}

class Call<T> implements Job {
  readonly line = undefined;
  readonly bytes = 1_000;
  readonly alone = false;
  private result: { readonly value: T } | { readonly error: unknown } | undefined;

  constructor(
    private readonly call: (batch: Batch) => Promise<T>,
    private readonly resolve: (value: T) => void,
    private readonly reject: (error: unknown) => void,
  ) {}

  ready(): boolean {
    return true;
  }

  async run(batch: Batch): Promise<Outcome> {
    try {
      this.result = { value: await this.call(batch) };
    } catch (error) {
      this.result = { error };
    }
    return 'go';
  }

  async fail(_batch: Batch, error: unknown): Promise<Outcome> {
    this.result = { error };
    return 'go';
  }

  committed(): void {
    if (this.result && 'value' in this.result) this.resolve(this.result.value);
    else this.reject(this.result?.error);
  }

  deferred(): void {}

  dropped(): void {
    this.reject(new Overloaded('the service is stopping'));
  }
}
