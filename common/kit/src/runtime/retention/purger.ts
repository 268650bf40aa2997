import { hasPassed, lagsTo } from '../consumer/catch-up';
import type { MessageRouting } from '../consumer/message-routing';
import type { Broker, TopicPartitionOffset } from '../ports/broker';
import { pause, type Environment } from '../ports/environment';
import type { OfEachKind, RetainedKind, RetentionDays, RetentionStore } from '../ports/retention-store';
import { PeriodicTask } from '../relay/periodic-task';
import type { ServiceClock } from '../relay/service-clock';
import { checkHorizons, HorizonTooShort, horizonsOf } from './check-horizons';
import { PurgeRound, type RoundPosition } from './purge-round';

const stepEveryMs = 200;
/** After a start, and after everything that is old enough has been purged. */
const restMs = 600_000;
/** Until it is looked again whether what waited for the service has been read. */
const behindMs = 10_000;
/** How long a part of a round goes on for which somebody waits, and how long it waits itself for what waits to be read. */
const portionMs = 2_000;
const patienceMs = 5_000;
const portionPauseMs = 50;

/** The table of each kind. */
export const tableOf = {
  sagas: 'kit_sagas',
  history: 'kit_history',
  inbox: 'kit_inbox',
  parked: 'kit_parked',
} as const satisfies OfEachKind<string>;

/** What a purger works with. */
export interface PurgerParts {
  /** Also that of its consumer group. */
  readonly name: string;
  readonly environment: Environment;
  readonly broker: Broker;
  readonly routing: Pick<MessageRouting, 'topics' | 'sagas' | 'listening'>;
  readonly retention: RetentionStore;
  readonly horizons: RetentionDays;
  readonly metrics: { purged(kind: RetainedKind, rows: number): void };
}

/** What a part of a round has done, and where the next one goes on. */
export interface Portion {
  readonly gone: OfEachKind<number>;
  readonly position: RoundPosition | undefined;
}

/**
 * Purges what is older than its horizon: a step, a pause, the next step, and a rest when nothing is left. A round begins
 * only when the service has read everything that was waiting for it, and the horizons still are longer than the topics keep
 * their records.
 */
export class Purger {
  readonly task: PeriodicTask;
  private round: PurgeRound | undefined;
  private restsUntilMs: number;
  private warned = '';
  /** Where the topics ended when the next round was to begin. */
  private ends: readonly TopicPartitionOffset[] | undefined;

  constructor(
    private readonly parts: PurgerParts,
    private readonly clock: Pick<ServiceClock, 'atLeast'>,
    /** False while the service is not up to date with what has come. */
    private readonly mayPurge: () => boolean,
    /** Of a topic that is paused nothing is read until somebody resumes it. */
    private readonly consumer: { isPaused(topic: string): boolean },
  ) {
    const { environment } = parts;
    this.restsUntilMs = environment.clock.monotonicMs() + restMs;
    this.task = new PeriodicTask(environment, 'purge what is old', stepEveryMs, () => this.step());
  }

  /** Why nothing may be purged with these horizons; `undefined`: it may. */
  async fault(): Promise<string | undefined> {
    const { horizons, broker, routing } = this.parts;
    if (!isPurging(horizons)) return 'everything is kept for good: set one of RETENTION_INBOX_DAYS, …';
    try {
      await checkHorizons(horizons, broker, routing);
      return undefined;
    } catch (error) {
      if (!(error instanceof HorizonTooShort)) throw error;
      return error.message;
    }
  }

  /** Why nothing may be purged at this moment; `undefined`: it may. Waits for some seconds for what waits to be read. */
  async obstacle(): Promise<string | undefined> {
    const { broker, name, routing, environment } = this.parts;
    const untilMs = environment.clock.monotonicMs() + patienceMs;
    const ends = await broker.ends(routing.topics);
    for (;;) {
      const waiting = (await lagsTo(broker, name, ends)).filter(({ lag }) => lag > 0).map(({ topic }) => topic);
      if (this.mayPurge() && waiting.length === 0) return undefined;
      const paused = waiting.find((topic) => this.consumer.isPaused(topic));
      if (paused !== undefined)
        return `its topic ${paused} is paused, and what waits there it may have handled before: resume it first`;
      if (environment.clock.monotonicMs() >= untilMs)
        return 'the service has not read yet what waits for it, some of which it may have handled before: ask again in a while';
      await pause(environment, portionPauseMs);
    }
  }

  /** A part of a round, for somebody who waits for it. Between its steps it rests for at least as long as they take. */
  async portion(now: Date, from?: RoundPosition): Promise<Portion> {
    const { retention, horizons, environment } = this.parts;
    const round = new PurgeRound(retention, horizons, now, from);
    const gone = { sagas: 0, history: 0, inbox: 0, parked: 0 };
    const startMs = environment.clock.monotonicMs();
    while (round.position && environment.clock.monotonicMs() - startMs < portionMs) {
      const stepMs = environment.clock.monotonicMs();
      const step = this.counted(await round.step());
      for (const [kind, rows] of step) gone[kind] += rows;
      await pause(environment, Math.max(portionPauseMs, environment.clock.monotonicMs() - stepMs));
    }
    return { gone, position: round.position };
  }

  private async step(): Promise<void> {
    const { environment, retention, horizons } = this.parts;
    const { clock } = environment;
    if (clock.monotonicMs() < this.restsUntilMs || !this.mayPurge()) return;
    if (!this.round) {
      if (!(await this.isUpToDate())) return void (this.restsUntilMs = clock.monotonicMs() + behindMs);
      if (await this.isSafe()) this.round = new PurgeRound(retention, horizons, this.clock.atLeast());
    }
    if (this.round) this.counted(await this.round.step());
    if (this.round?.position) return;
    this.round = undefined;
    this.restsUntilMs = clock.monotonicMs() + restMs;
  }

  /**
   * What waits to be read may have been handled before, longer ago than the horizon if the service was down since. However
   * long that takes: a broker that lets go of nothing that was not read would hand it over once it is forgotten.
   */
  private async isUpToDate(): Promise<boolean> {
    const { broker, name, routing } = this.parts;
    this.ends ??= await broker.ends(routing.topics);
    if (!(await hasPassed(broker, name, this.ends))) return false;
    this.ends = undefined;
    return true;
  }

  /** Topics may have been changed since the start. */
  private async isSafe(): Promise<boolean> {
    const error = await this.fault();
    if (error !== undefined && this.warned !== error)
      this.parts.environment.log.error({ error }, 'nothing is purged any more');
    this.warned = error ?? '';
    return error === undefined;
  }

  private counted(step: Partial<OfEachKind<number>>): readonly (readonly [RetainedKind, number])[] {
    const gone = Object.entries(step) as [RetainedKind, number][];
    for (const [kind, rows] of gone) if (rows > 0) this.parts.metrics.purged(kind, rows);
    return gone;
  }
}

/** Whether anything is to be purged at all. */
export const isPurging = (horizons: RetentionDays): boolean => horizonsOf(horizons).length > 0;
