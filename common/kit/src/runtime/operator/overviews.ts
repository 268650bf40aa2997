import { contractNameOf, errorSchema, fullNameOf, targetSchema, topicOf } from '../../codec';
import type { Saga, Step } from '../../saga';
import type { MessageRouting } from '../consumer/message-routing';
import type { Environment } from '../ports/environment';
import { DatabaseFault, type RefusedRecordStore, type SagaStanding, type SagaStore } from '../ports/store';
import type { RecentCounts, RecentSagas } from '../saga/recent-sagas';

/** A step as it is drawn. */
export interface StepOverview {
  readonly name: string;
  readonly kind: Step['kind'];
  readonly undo: string | null;
  readonly timeoutMs: number;
}

/** A saga: what it is, where its open instances stand, and what has become of it of late. */
export interface SagaOverview {
  readonly name: string;
  readonly steps: readonly StepOverview[];
  readonly cancellations: readonly string[];
  readonly standing: readonly Omit<SagaStanding, 'saga'>[];
  readonly recent: RecentCounts;
}
interface Counted {
  readonly parked: number;
  readonly needsOperator: number;
  readonly refused: number;
  readonly standings: readonly SagaStanding[];
}

/** How a service is, at a glance. */
export interface ServiceOverview extends Omit<Counted, 'standings'> {
  readonly service: string;
  readonly at: string;
  readonly ready: boolean;
  readonly reasons: readonly string[];
  readonly sagas: readonly SagaOverview[];
}

/** Which messages a service sends and listens to, and on which topics. */
export interface ServiceContracts {
  readonly service: string;
  readonly sends: readonly MessageOnTopic[];
  readonly listens: readonly MessageOnTopic[];
}
interface MessageOnTopic {
  readonly message: string;
  readonly topic: string;
}

/** What is looked at. */
interface OverviewParts {
  readonly name: string;
  readonly routing: MessageRouting;
  readonly sagaStore: SagaStore;
  readonly refused: RefusedRecordStore;
  readonly environment: Environment;
}

/** Tells how a service is, at a glance, and what it says to others. */
export class Overviews {
  /** By which it is looked at again. */
  readonly clock: Environment['clock'];
  private last: Counted | undefined;

  constructor(
    private readonly parts: OverviewParts,
    private readonly recent: RecentSagas,
    private readonly health: () => { readonly ready: boolean; readonly reasons: readonly string[] },
  ) {
    this.clock = parts.environment.clock;
  }

  /** While the database does not answer, it tells that, with what it has counted before; it rejects if that was never. */
  async look(): Promise<ServiceOverview> {
    const { name, routing } = this.parts;
    const { counted, outage } = await this.counted();
    const { ready, reasons } = this.health();
    const { standings, ...counts } = counted;
    return {
      service: name,
      at: this.clock.now().toISOString(),
      ready: ready && outage === undefined,
      reasons: ready && outage !== undefined ? [outage, ...reasons] : reasons,
      ...counts,
      sagas: routing.sagas.map((saga) => this.overviewOf(saga, standings)),
    };
  }

  contracts(): ServiceContracts {
    const { name, routing } = this.parts;
    const sends = [...routing.sends()].map(([subject, schema]) => onTopic(topicOf(subject, schema), schema));
    const listens = routing
      .listening()
      .map(({ topic, contract }) => onTopic(topic, contract ? targetSchema(contract) : errorSchema));
    return { service: name, sends: once(sends), listens: once(listens) };
  }

  private async counted(): Promise<{ readonly counted: Counted; readonly outage?: string }> {
    try {
      this.last = await this.count();
      return { counted: this.last };
    } catch (error) {
      if (!this.last || !(error instanceof DatabaseFault)) throw error;
      return { counted: this.last, outage: `the database does not answer: ${error.message}` };
    }
  }

  private async count(): Promise<Counted> {
    const { sagaStore, refused, routing } = this.parts;
    const [parked, needsOperator, refusedCount, standings] = await Promise.all([
      sagaStore.parkedCount(),
      sagaStore.needsOperatorCount(),
      refused.count(),
      sagaStore.standing(routing.sagas.map(({ name }) => name)),
    ]);
    return { parked, needsOperator, refused: refusedCount, standings };
  }

  private overviewOf({ name, steps, cancellations }: Saga, standings: readonly SagaStanding[]): SagaOverview {
    const standing = standings.filter(({ saga }) => saga === name).map(({ saga: _, ...each }) => each);
    return {
      name,
      steps: steps.map(stepOverviewOf),
      cancellations,
      standing: standing.sort((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1)),
      recent: this.recent.of(name),
    };
  }
}

const stepOverviewOf = ({ kind, do: command, undo, deadlineMs, retryAfterMs }: Step): StepOverview => ({
  name: command.name,
  kind,
  undo: undo === 'nothing' ? null : undo.name,
  timeoutMs: kind === 'compensatable' ? deadlineMs : retryAfterMs,
});

const keyOf = ({ status, step }: Omit<SagaStanding, 'saga'>): string => `${status} ${step}`;

function onTopic(topic: string, schema: Parameters<typeof fullNameOf>[0]): MessageOnTopic {
  const fullName = contractNameOf(schema) ?? fullNameOf(schema);
  return { message: fullName.slice(fullName.lastIndexOf('.') + 1), topic };
}

const once = (messages: readonly MessageOnTopic[]): MessageOnTopic[] => {
  const byKey = new Map(messages.map((each) => [`${each.topic} ${each.message}`, each]));
  return [...byKey].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, message]) => message);
};
