import type { Clock } from '../ports';
import type { Broker, InstanceLocks, Session, SubscriptionRequest } from '../runtime';
import type { Stores } from '../sql';

/**
 * What a service hangs on. Cut it, and the service is as good as killed: nothing that it asked for is answered any more,
 * no timer fires, its transactions are rolled back, its place in the group and its instance lock are free.
 */
export class Lifeline {
  private isCut = false;
  private readonly remains: (() => Promise<void>)[] = [];

  async cut(): Promise<void> {
    this.isCut = true;
    for (const bury of this.remains.splice(0)) await bury();
  }

  clock(clock: Clock): Clock {
    const alive = (call: () => void) => () => {
      if (!this.isCut) call();
    };
    return {
      now: () => clock.now(),
      monotonicMs: () => clock.monotonicMs(),
      after: (delayMs, call) => clock.after(delayMs, alive(call)),
      soon: (call) => clock.soon(alive(call)),
    };
  }

  broker(broker: Broker): Broker {
    const mortal = this.mortal(broker);
    const subscribe = async (wanted: SubscriptionRequest) => {
      const receive: SubscriptionRequest['receive'] = (records) => {
        if (!this.isCut) wanted.receive(records);
      };
      const subscription = await broker.subscribe({ ...wanted, receive });
      this.leaves(() => subscription.close());
      return this.mortal(subscription);
    };
    return new Proxy(mortal, {
      get: (target, name, receiver) => (name === 'subscribe' ? subscribe : Reflect.get(target, name, receiver)),
    });
  }

  stores(stores: Stores): Stores {
    const database = this.mortal(stores.database);
    const open = async (instance: string): Promise<Session> => {
      const session = await stores.database.open(instance);
      this.leaves(() => session.rollback());
      return this.mortal(session);
    };
    const instanceLocks: InstanceLocks = {
      take: async (instance, lost) => {
        const instanceLock = await stores.instanceLocks.take(instance, lost);
        if (instanceLock) this.leaves(() => instanceLock.leave());
        return instanceLock && this.mortal(instanceLock);
      },
    };
    return {
      ...stores,
      database: new Proxy(database, {
        get: (target, name, receiver) => (name === 'open' ? open : Reflect.get(target, name, receiver)),
      }),
      outbox: this.mortal(stores.outbox),
      clock: this.mortal(stores.clock),
      refused: this.mortal(stores.refused),
      sagaStore: this.mortal(stores.sagaStore),
      retention: this.mortal(stores.retention),
      instanceLocks,
    };
  }

  /** What is to be buried when it is dead; it may have died while it waited for it. */
  private leaves(bury: () => Promise<void>): void {
    if (this.isCut) void bury();
    else this.remains.push(bury);
  }

  /** The same object, until the line is cut; from then on none of its methods comes back. */
  private mortal<T extends object>(target: T): T {
    return new Proxy(target, {
      get: (object, name) => {
        const value: unknown = Reflect.get(object, name, object);
        if (typeof value !== 'function') return value;
        return (...args: unknown[]) => (this.isCut ? never : this.whileAlive(Reflect.apply(value, object, args)));
      },
    });
  }

  private whileAlive(result: unknown): unknown {
    if (!(result instanceof Promise)) return result;
    const unlessCut =
      <T>(settle: (value: T) => void) =>
      (value: T) => {
        if (!this.isCut) settle(value);
      };
    return new Promise((resolve, reject) => void result.then(unlessCut(resolve), unlessCut(reject)));
  }
}

const never = new Promise<never>(() => {});
