import type { Saga } from '../../saga';
import type { Environment } from '../ports/environment';
import type { DatabaseClock } from '../ports/store';

/** How often a service looks whether its machine's clock was set, or it stood still. */
export const beatEveryMs = 500;
/** How often it looks how late it is for the database. */
export const readEveryMs = 10_000;
/** A clock that differs by more from what was expected has made a step. */
const toleratedMs = 2_000;
/** There is no date behind this one. */
const lastDateMs = 8.64e15;
/** A difference between two clocks that people are told of. */
const apartMs = 1_000;
/** What is less is within what a look at the database's clock is worth. */
const unfeltMs = 100;

/**
 * The time by which sagas wait: the database's, so that all instances mean the same by it. Between two looks at it, the
 * process's monotonic clock carries it on, which nobody can set. Without a server, it begins with the machine's time.
 */
export class ServiceClock {
  private readonly lags: { readonly byMs: number; readonly untilMs: number }[] = [];
  private beatAt: { readonly monotonicMs: number; readonly machineMs: number } | undefined;
  private stepped = false;
  /** How far the machine's clock was set since the database's was last looked at. */
  private machineStepMs = 0;
  private loggedAheadMs = 0;
  private reading: Promise<void> | undefined;
  /** The longest time after which a step is given up. */
  private readonly deadlineMsMax: number;

  private constructor(
    private readonly environment: Environment,
    private readonly database: DatabaseClock,
    sagas: readonly Saga[],
    /** Others go by the database's clock as well. */
    private readonly isShared: boolean,
    /** What is added to the monotonic clock. */
    private offsetMs: number,
  ) {
    const prepares = sagas.flatMap(({ steps }) => steps.filter(({ kind }) => kind === 'compensatable'));
    this.deadlineMsMax = Math.max(0, ...prepares.map(({ deadlineMs }) => deadlineMs));
  }

  static async open(environment: Environment, database: DatabaseClock, sagas: readonly Saga[]): Promise<ServiceClock> {
    const { clock } = environment;
    const beganMs = clock.monotonicMs();
    const databaseMs = await database.nowMs();
    const endedMs = clock.monotonicMs();
    if (databaseMs === undefined)
      return new ServiceClock(environment, database, sagas, false, clock.now().getTime() - endedMs);
    const made = new ServiceClock(environment, database, sagas, true, databaseMs - (beganMs + endedMs) / 2);
    made.compare(endedMs - beganMs);
    return made;
  }

  /** For when a wait is to be over. */
  now(): Date {
    return new Date(this.monotonicMs() + this.offsetMs);
  }

  /**
   * For whether a wait is over. After the time was set forward, what was written before seems older than it is: until the
   * last such wait is over, they are all measured as before.
   */
  forWaits(): Date {
    const nowMs = this.monotonicMs();
    while (this.lags.length > 0 && this.lags[0]!.untilMs <= nowMs) this.lags.shift();
    return new Date(this.lags.reduce((ms, { byMs }) => ms - byMs, nowMs + this.offsetMs));
  }

  /** By whichever clock is behind: one that was set forward alone makes nothing seem old. */
  atLeast(): Date {
    return new Date(Math.min(this.forWaits().getTime(), this.machineMs()));
  }

  /** When it is by this clock what the machine's, which is the one that handlers see, calls `at`. */
  fromMachine(at: Date): Date {
    const ms = at.getTime() + this.now().getTime() - this.machineMs();
    return new Date(Math.min(ms, lastDateMs));
  }

  /** Whether silence may be our own since this was last asked: time has made a step, or this process stood still. */
  hasStepped(): boolean {
    const { stepped } = this;
    this.stepped = false;
    return stepped;
  }

  /** To be called every `beatEveryMs`, and before anything is done about a silence. */
  async beat(): Promise<void> {
    if (this.noticesSetMachine() && this.isShared) await this.read();
  }

  /** Looks at the database's clock. */
  read(): Promise<void> {
    return (this.reading ??= this.readOnce().finally(() => (this.reading = undefined)));
  }

  private async readOnce(): Promise<void> {
    let beganMs = this.monotonicMs();
    let databaseMs = await this.database.nowMs();
    if (databaseMs === undefined) return;
    // Set while we asked: the answer may be from before, and people are told of the cause before its effect.
    if (this.noticesSetMachine()) {
      beganMs = this.monotonicMs();
      databaseMs = (await this.database.nowMs())!;
    }
    const endedMs = this.monotonicMs();
    // It was read somewhere in between: what fits in there is as good as what we have.
    const offsetMs = Math.min(Math.max(this.offsetMs, databaseMs - endedMs), databaseMs - beganMs);
    const stepMs = offsetMs - this.offsetMs;
    this.adopt(stepMs);
    const isTold = Math.abs(stepMs - this.machineStepMs) <= toleratedMs;
    if (Math.abs(stepMs) > toleratedMs) this.step({ stepMs }, isTold ? undefined : "the database's clock was set");
    this.machineStepMs = 0;
    this.compare(endedMs - beganMs);
  }

  /** Whether the machine's clock was set since this was last asked. */
  private noticesSetMachine(): boolean {
    const last = this.beatAt;
    const now = { monotonicMs: this.monotonicMs(), machineMs: this.machineMs() };
    this.beatAt = now;
    if (!last) return false;
    const passedMs = now.monotonicMs - last.monotonicMs;
    const stepMs = now.machineMs - last.machineMs - passedMs;
    const isSet = Math.abs(stepMs) > toleratedMs;
    if (isSet) this.machineStepped(stepMs);
    else if (passedMs > beatEveryMs + toleratedMs) this.step({ stoodStillMs: passedMs }, 'this process stood still');
    return isSet;
  }

  private machineStepped(stepMs: number): void {
    this.machineStepMs += stepMs;
    this.step({ stepMs }, 'the clock of this machine was set, or the machine slept');
    // Without a server, nobody else is here to be agreed with about an earlier time.
    if (!this.isShared && stepMs > 0) this.adopt(stepMs);
  }

  private step(fields: object, what: string | undefined): void {
    this.stepped = true;
    if (what !== undefined)
      this.environment.log.warn(fields, `${what}: no silence is acted upon until the answers that wait have been read`);
  }

  private adopt(stepMs: number): void {
    this.offsetMs += stepMs;
    // Other instances may write by the old time until they look.
    const untilMs = this.monotonicMs() + this.deadlineMsMax + readEveryMs;
    if (stepMs > unfeltMs) this.lags.push({ byMs: stepMs, untilMs });
  }

  /** Says when the machine's clock and the database's are apart, and again when that has changed. */
  private compare(tookMs: number): void {
    const [machineMs, databaseMs] = [this.machineMs(), this.now().getTime()];
    const aheadMs = machineMs - databaseMs;
    if (Math.abs(aheadMs - this.loggedAheadMs) <= apartMs + tookMs / 2) return;
    this.loggedAheadMs = aheadMs;
    const fields = {
      machine: new Date(machineMs).toISOString(),
      database: new Date(databaseMs).toISOString(),
      aheadMs,
    };
    const { log } = this.environment;
    if (Math.abs(aheadMs) <= apartMs) log.info(fields, "the clocks of this machine and the database's agree");
    else
      log.warn(
        fields,
        `the clock of this machine is ${Math.abs(Math.round(aheadMs))} ms ${aheadMs > 0 ? 'ahead of' : 'behind'} the database's, by which sagas wait: have both set by the same time server`,
      );
  }

  private monotonicMs(): number {
    return this.environment.clock.monotonicMs();
  }

  private machineMs(): number {
    return this.environment.clock.now().getTime();
  }
}
