import type { Subscription } from './ports/broker';
import { caughtUp } from './consumer/catch-up';
import { PeriodicTask } from './relay/periodic-task';
import type { Runtime } from './handling/handler-context';
import { Gauges } from './gauges';
import { graceMs, UnreachableTopics, HealthMonitor, type Health } from './health';
import type { TransactionQueue } from './transaction/transaction-queue';
import { parkedMax } from './consumer/parking';
import type { Parts } from './parts';
import { isPurging, Purger } from './retention/purger';
import type { Projections } from './projection/projections';
import { Overviews } from './operator/overviews';
import { consumerFacts } from './consumer-facts';
import { operatorsOf, type ServiceOperators } from './operator/operators';
import type { Publisher } from './relay/publisher';
import type { IsUnreachable, SagaRuntime } from './saga/orchestrate';
import { Consumer } from './consumer/consumer';
import type { HeldInstanceLock } from './relay/instance-lock';
import { beatEveryMs, readEveryMs } from './relay/service-clock';
import { orderingKeyOf } from './relay/refused-records';
import type { Relay } from './relay/relay';
import { DelayedEvents } from './handling/delayed-events';
import { DuePoll, type DueWork } from './handling/due-poll';
import { Timeouts } from './saga/timeouts';
import { Admission, lookAtPaceEveryMs } from './saga/admission';
import { lookAtReadersEveryMs, UnreadCommands } from './saga/unread-commands';
import type { UnitOfWorkRuntime } from './handling/units-of-work';

const acknowledgeEveryMs = 200;
const commitEveryMs = 500;
const takeOverEveryMs = 10_000;
const countEveryMs = 30_000;
const countAgainEveryMs = 5_000;
/** Reads indexes from end to end. */
const countKeptEveryMs = 600_000;
const sendAgainEveryMs = 5_000;
const releaseEveryMs = 5_000;
const pausedEveryMs = 1_000;
const flushMs = 5_000;
type Poll = Pick<DuePoll<never, never>, 'idle' | 'task'>;
export class Service {
  private readonly consumer: Consumer;
  private readonly gauges: Gauges;
  private readonly watch: HealthMonitor;
  private readonly publisher: Publisher;
  private readonly polls: readonly Poll[];
  private readonly unreachable: UnreachableTopics;
  private readonly unread: UnreadCommands;
  private readonly admission: Admission;
  private readonly tasks: PeriodicTask[] = [];
  private readonly purger: Purger;
  private subscription: Subscription | undefined;
  private catchingUp = true;
  /** There was an outage that was not caught up from yet. */
  private behind = false;
  private cancelGrace = () => {};
  /** Tells how it is. */
  readonly overviews: Overviews;

  constructor(
    private readonly parts: Parts,
    readonly runtime: SagaRuntime,
    private readonly relay: Relay,
    private readonly messages: TransactionQueue,
    private readonly outside: TransactionQueue,
    private readonly instanceLock: HeldInstanceLock,
    readonly projections: Projections,
  ) {
    const { routing, metrics, sagaStore } = parts;
    this.publisher = relay.publisher;
    const resumed = () => void (this.behind = true); // answers are waiting to be read
    const options = { parkedMax: parkedMax.service, strict: parts.strict, resumed };
    this.consumer = new Consumer(runtime, messages, routing, metrics, sagaStore, options);
    this.gauges = new Gauges(parts, this.consumer, this.publisher, runtime);
    const { publisher, refusedRecords } = relay;
    this.watch = new HealthMonitor({
      instanceLock,
      queues: [messages, outside],
      publisher,
      refusedRecords,
      consumer: this.consumer,
      subscription: () => this.subscription,
      projections,
    });
    const { pausedTopics } = this.consumer;
    const faults = () => [...this.watch.ofTopics(), ...pausedTopics.faults];
    const topics = (this.unreachable = new UnreachableTopics(faults, monotonicMs(runtime)));
    const isUnreachable: IsUnreachable = (topic, key) =>
      topics.has(topic) || refusedRecords.isBlocked(orderingKeyOf({ topic, key }));
    this.admission = new Admission(runtime.sagas, sagaStore, runtime.clock, monotonicMs(runtime));
    this.unread = new UnreadCommands(parts.broker, routing.sagas, runtime.clock);
    this.overviews = new Overviews(parts, runtime.sagas.recent, () => this.health());
    this.purger = new Purger(parts, runtime.clock, () => this.mayFire(), this.consumer);
    this.polls = [
      this.pollFor(new Timeouts(runtime, parts, isUnreachable, this.unread, this.gauges.fired)),
      this.pollFor(new DelayedEvents(runtime.clock, parts.outbox)),
    ];
  }

  /** What units of work run on. */
  get calls(): UnitOfWorkRuntime {
    return { runtime: { ...this.runtime, sagas: this.admission }, queue: this.outside, database: this.parts.database };
  }

  /** Who sees and moves what is stuck. */
  get operators(): ServiceOperators {
    const { consumer, purger, publisher } = this;
    const facts = consumerFacts(
      this.parts,
      { consumer, publisher, clock: this.runtime.clock },
      () => this.subscription,
    );
    return operatorsOf(this.calls, this.parts, { sagas: this.runtime.sagas, consumer, purger, facts });
  }

  /** Nothing is being done, and nothing but time will change that. */
  get idle(): boolean {
    const parts = [
      this.consumer,
      ...this.polls,
      this.messages,
      this.outside,
      this.publisher,
      this.projections,
      ...this.tasks,
    ];
    return parts.every(({ idle }) => idle) && !this.catchingUp;
  }

  /** Messages and projections that wait for their next try. */
  get retrying(): number {
    return this.consumer.waiting - this.consumer.pausedTopics.count + this.projections.retrying;
  }

  async begin({ afterUncleanShutdown }: { afterUncleanShutdown: boolean }): Promise<void> {
    const { broker, name, routing } = this.parts;
    const { publisher, refusedRecords, recovery } = this.relay;
    this.consumer.afterUncleanShutdown = afterUncleanShutdown;
    await this.gauges.count();
    await this.gauges.look();
    const receiving = {
      receive: this.consumer.receive.bind(this.consumer),
      reassigned: this.consumer.reassigned.bind(this.consumer),
    };
    this.subscription = await broker.subscribe({ group: name, topics: routing.topics, ...receiving });
    this.consumer.attach(this.subscription);
    this.do('acknowledge what was sent', acknowledgeEveryMs, () => this.acknowledge());
    this.do('commit offsets', commitEveryMs, () => this.consumer.commit());
    this.do('take over from instances that are gone', takeOverEveryMs, () => recovery.recoverAbandoned());
    this.do('send refused messages again', sendAgainEveryMs, async () => {
      if (publisher.outage === undefined) await refusedRecords.sendAgain(publisher);
    });
    this.do('look for parked messages whose turn has come', releaseEveryMs, () => this.consumer.released.look());
    this.do('look which topics are paused', pausedEveryMs, () => this.gauges.look());
    this.do('look at the clock', beatEveryMs, () => this.runtime.clock.beat());
    this.do("look at the database's clock", readEveryMs, () => this.runtime.clock.read());
    this.do('count what is stuck', countEveryMs, () => this.gauges.count());
    this.do('count what has become stuck', countAgainEveryMs, () => this.gauges.countAgain());
    this.do('look how far commands are read', lookAtReadersEveryMs, () => this.unread.look());
    this.do('look how fast sagas end', lookAtPaceEveryMs, () => this.admission.look());
    this.do('look how far the topics go', countEveryMs, () => this.gauges.lag());
    this.do('count what is kept', countKeptEveryMs, () => this.gauges.countKept());
    this.tasks.push(...this.polls.map(({ task }) => task), this.projections.task);
    if (isPurging(this.parts.horizons)) this.tasks.push(this.purger.task);
    this.projections.wake();
    void quietly(this.gauges.countKept());
    for (const task of this.tasks) task.start();
    void this.catchUp();
  }

  health(): Health {
    return this.watch.health();
  }

  /**
   * Lets go of its place in the group, ends what has begun, sends what it can within a deadline, and gives up its
   * instance lock.
   */
  async stop(): Promise<void> {
    const cancel = this.parts.environment.clock.after(flushMs, () => this.publisher.stop());
    for (const task of this.tasks) await task.stop();
    this.cancelGrace();
    await this.messages.stop();
    await quietly(this.consumer.commit());
    await this.subscription?.close();
    await this.outside.stop();
    await this.projections.stop();
    await this.publisher.flushed();
    this.publisher.stop();
    cancel();
    await quietly(this.leaveOutbox());
    await this.instanceLock.leave();
  }

  private pollFor<Due, Result>(work: DueWork<Due, Result>): Poll {
    return new DuePoll(this.runtime, this.messages, () => this.mayFire(), work);
  }

  private do(name: string, everyMs: number, task: () => Promise<void>): void {
    this.tasks.push(new PeriodicTask(this.parts.environment, name, everyMs, task));
  }

  private async acknowledge(): Promise<void> {
    const { sent, committed } = this.publisher.acknowledgements;
    for (const [producer, seq] of sent.unnoted()) {
      await this.parts.outbox.acknowledge(producer, seq);
      sent.noted(producer, seq);
    }
    for (const [producer, commitNumber] of committed.unnoted()) {
      await this.parts.outbox.forgetCommits(producer, commitNumber);
      committed.noted(producer, commitNumber);
    }
  }

  /** A producer that is left behind tells the next start that this one did not end well. */
  private async leaveOutbox(): Promise<void> {
    if (this.publisher.waiting > 0) return;
    await this.acknowledge();
    for (const { producer, instance } of await this.parts.outbox.all())
      if (instance === this.parts.instance) await this.parts.outbox.remove(producer, 'own');
  }

  private mayFire(): boolean {
    this.unreachable.look();
    if (this.runtime.clock.hasStepped() || this.watch.outages().length > 0) this.behind = true;
    else if (this.behind && !this.catchingUp) void this.catchUp();
    return !this.behind && !this.catchingUp;
  }

  private async catchUp(): Promise<void> {
    [this.catchingUp, this.behind] = [true, false];
    const { broker, name, routing, environment } = this.parts;
    await new Promise<void>((over) => (this.cancelGrace = environment.clock.after(graceMs, over)));
    try {
      const read = routing.topics.filter((topic) => !this.consumer.isPaused(topic));
      await caughtUp(broker, name, read, environment);
    } catch (error) {
      environment.log.warn({ error: String(error) }, 'could not see how far the topics go');
    }
    this.consumer.afterUncleanShutdown = false;
    this.catchingUp = false;
  }
}

const monotonicMs =
  ({ environment }: Runtime) =>
  () =>
    environment.clock.monotonicMs();
const quietly = (done: Promise<void>): Promise<void> => done.catch(() => {});
