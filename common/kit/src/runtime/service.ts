import type { Subscription } from './broker';
import { caughtUp } from './catch-up';
import { Chore } from './chore';
import type { Engine } from './engine';
import { graceMs, UnreachableTopics, Watch, type Health } from './health';
import type { Lane } from './lane';
import type { LeftOvers } from './left-overs';
import { parkedMax } from './parking';
import type { Parts } from './parts';
import type { Publisher } from './publisher';
import type { CutOff } from './orchestrate';
import { Pump } from './pump';
import type { KeptSeat } from './seat-keeping';
import { beatEveryMs, readEveryMs } from './service-clock';
import { lineOf, type SetAside } from './set-aside';
import { Timers } from './timers';
import type { Calls } from './transactions';

const acknowledgeEveryMs = 200;
const commitEveryMs = 500;
const takeOverEveryMs = 10_000;
const countEveryMs = 30_000;
const sendAgainEveryMs = 5_000;
const releaseEveryMs = 5_000;
const flushMs = 5_000;
/** What sends. */
interface Relay {
  readonly publisher: Publisher;
  readonly aside: SetAside;
  readonly leftOvers: LeftOvers;
}

export class Service {
  private readonly pump: Pump;
  private readonly watch: Watch;
  private readonly publisher: Publisher;
  private readonly timers: Timers;
  private readonly unreachable: UnreachableTopics;
  private readonly chores: Chore[] = [];
  private subscription: Subscription | undefined;
  private catchingUp = true;
  /** There was an outage that was not caught up from yet. */
  private behind = false;
  private cancelGrace = () => {};

  constructor(
    private readonly parts: Parts,
    readonly engine: Engine,
    private readonly relay: Relay,
    private readonly messages: Lane,
    private readonly outside: Lane,
    private readonly seat: KeptSeat,
  ) {
    const { listeners, metrics, ledger } = parts;
    this.publisher = relay.publisher;
    const options = { parkedMax: parkedMax.service, strict: parts.strict };
    this.pump = new Pump(engine, messages, listeners, metrics, ledger, options);
    const { publisher, aside } = relay;
    const subscription = () => this.subscription;
    this.watch = new Watch({ seat, lanes: [messages, outside], publisher, aside, pump: this.pump, subscription });
    const mayFire = () => this.mayFire();
    const topics = (this.unreachable = new UnreachableTopics(() => this.watch.ofTopics(), monotonicMs(engine)));
    const cutOff: CutOff = (topic, key) => topics.has(topic) || aside.isBlocked(lineOf({ topic, key }));
    this.timers = new Timers(engine, messages, listeners.orchestrating, ledger, mayFire, cutOff, (saga, outcome) =>
      metrics.fired(saga, outcome ?? 'acted-upon'),
    );
  }

  /** What units of work run on. */
  get calls(): Calls {
    return { engine: this.engine, lane: this.outside, database: this.parts.database };
  }

  /** Nothing is being done, and nothing but time will change that. */
  get idle(): boolean {
    const parts = [this.pump, this.timers, this.messages, this.outside, this.publisher, ...this.chores];
    return parts.every(({ idle }) => idle) && !this.catchingUp;
  }

  /** Messages that wait for their next try. */
  get retrying(): number {
    return this.pump.waiting;
  }

  async begin({ suspicious }: { suspicious: boolean }): Promise<void> {
    const { broker, name, listeners } = this.parts;
    const { publisher, aside, leftOvers } = this.relay;
    this.pump.suspicious = suspicious;
    await this.count();
    const receiving = {
      receive: this.pump.receive.bind(this.pump),
      reassigned: this.pump.reassigned.bind(this.pump),
    };
    this.subscription = await broker.subscribe({ group: name, topics: listeners.topics, ...receiving });
    this.pump.attach(this.subscription);
    this.do('acknowledge what was sent', acknowledgeEveryMs, () => this.acknowledge());
    this.do('commit offsets', commitEveryMs, () => this.pump.commit());
    this.do('take over from instances that are gone', takeOverEveryMs, () => leftOvers.takeOver());
    this.do('send refused messages again', sendAgainEveryMs, async () => {
      if (publisher.outage === undefined) await aside.sendAgain(publisher);
    });
    this.do('look for parked messages whose turn has come', releaseEveryMs, () => this.pump.released.look());
    this.do('look at the clock', beatEveryMs, () => this.engine.clock.beat());
    this.do("look at the database's clock", readEveryMs, () => this.engine.clock.read());
    this.do('count what is stuck', countEveryMs, () => this.count());
    this.chores.push(this.timers.chore);
    for (const chore of this.chores) chore.start();
    void this.catchUp();
  }

  health(): Health {
    return this.watch.health();
  }

  /** Lets go of its place in the group, ends what has begun, sends what it can within a deadline, and gives up its seat. */
  async stop(): Promise<void> {
    const cancel = this.parts.environment.clock.after(flushMs, () => this.publisher.stop());
    for (const chore of this.chores) await chore.stop();
    this.cancelGrace();
    await this.messages.stop();
    await quietly(this.pump.commit());
    await this.subscription?.close();
    await this.outside.stop();
    await this.publisher.flushed();
    this.publisher.stop();
    cancel();
    await quietly(this.leaveLanes());
    await this.seat.leave();
  }

  private do(name: string, everyMs: number, task: () => Promise<void>): void {
    this.chores.push(new Chore(this.parts.environment, name, everyMs, task));
  }

  private async count(): Promise<void> {
    const { ledger, metrics, refused } = this.parts;
    this.pump.parked = await ledger.parkedCount();
    metrics.stuck(this.pump.parked, await ledger.needsOperatorCount(), await refused.count());
  }

  private async acknowledge(): Promise<void> {
    const { acknowledgements } = this.publisher;
    for (const [lane, what] of acknowledgements.unnoted()) {
      await this.parts.lanes.acknowledge(lane, what.seq, what.unit);
      acknowledgements.noted(lane, what);
    }
  }

  /** A lane that is left behind tells the next start that this one did not end well. */
  private async leaveLanes(): Promise<void> {
    if (this.publisher.waiting > 0) return;
    await this.acknowledge();
    for (const { lane, instance } of await this.parts.lanes.all())
      if (instance === this.parts.instance) await this.parts.lanes.remove(lane, 'own');
  }

  private mayFire(): boolean {
    this.unreachable.look();
    if (this.engine.clock.hasStepped() || this.watch.outages().length > 0) this.behind = true;
    else if (this.behind && !this.catchingUp) void this.catchUp();
    return !this.behind && !this.catchingUp;
  }

  private async catchUp(): Promise<void> {
    [this.catchingUp, this.behind] = [true, false];
    const { broker, name, listeners, environment } = this.parts;
    await new Promise<void>((over) => (this.cancelGrace = environment.clock.after(graceMs, over)));
    try {
      await caughtUp(broker, name, listeners.topics, environment);
    } catch (error) {
      environment.log.warn({ error: String(error) }, 'could not see how far the topics go');
    }
    this.pump.suspicious = false;
    this.catchingUp = false;
  }
}

const monotonicMs =
  ({ environment }: Engine) =>
  () =>
    environment.clock.monotonicMs();
const quietly = (done: Promise<void>): Promise<void> => done.catch(() => {});
