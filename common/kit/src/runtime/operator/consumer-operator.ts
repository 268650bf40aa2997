import { transacted, type UnitOfWorkRuntime } from '../handling/units-of-work';
import type { TopicFault, TopicPartition } from '../ports/broker';
import { pausedTopicTable, type PausedTopicRow } from '../ports/paused-topic-table';
import type { Timers } from '../ports/store';
import { acted, type ActPlan, type ActRequest, type ActResult, type Subject } from './act';

/** What can be done to a topic that a service listens to. */
export const topicVerbs = ['pause', 'resume'] as const;
export type TopicVerb = (typeof topicVerbs)[number];

/** What a service reads, sends and waits for, as an operator sees it. */
export interface ConsumerView {
  /** What this instance has committed and the broker does not have yet. */
  readonly outbox: { readonly waiting: number; readonly oldestSeconds: number };
  /** Waits of sagas, and delayed events. */
  readonly timers: { readonly due: number; readonly nextAt: string | null };
  readonly topics: readonly TopicView[];
}

/** A topic that a service listens to. */
export interface TopicView {
  readonly topic: string;
  readonly paused: boolean;
  readonly partitions: readonly PartitionView[];
}

/** A partition of it. */
export interface PartitionView {
  readonly partition: number;
  /** Records that no instance has done; null where the broker does not say. */
  readonly lag: number | null;
  /** Why what there is of it is not done, as far as this instance knows. */
  readonly heldBack: string | null;
}

/** What the view is made of. */
export interface ConsumerFacts {
  readonly topics: readonly string[];
  isPaused(topic: string): boolean;
  /** The partitions of this instance. */
  assigned(): readonly TopicPartition[];
  outbox(): ConsumerView['outbox'];
  /** What cannot be read. */
  faults(): readonly TopicFault[];
  timers(): Promise<Timers>;
  /** Records of each partition that are not done; rejects when the broker does not answer. */
  lags(): Promise<readonly (TopicPartition & { readonly lag: number })[]>;
  heldBack(place: TopicPartition): string | undefined;
  /** Looks at the rows now, instead of in a moment. */
  look(): Promise<void>;
}

/** Sees what a service reads, and has it read nothing of a topic for a while. */
export class ConsumerOperator {
  constructor(
    private readonly calls: UnitOfWorkRuntime,
    private readonly of: ConsumerFacts,
  ) {}

  async show(): Promise<ConsumerView> {
    const { due, nextAt } = await this.of.timers();
    const known = await this.of.lags().catch(() => this.of.assigned().map((place) => ({ ...place, lag: null })));
    const faults = this.of.faults();
    const faultOf = ({ topic, partition }: TopicPartition) =>
      faults.find((fault) => fault.topic === topic && (fault.partition ?? partition) === partition)?.reason;
    return {
      outbox: this.of.outbox(),
      timers: { due, nextAt: nextAt?.toISOString() ?? null },
      topics: this.of.topics.map((topic) => {
        const places = known.filter((each) => each.topic === topic).sort((a, b) => a.partition - b.partition);
        const partitions = places.map(({ partition, lag }) => {
          const place = { topic, partition };
          return { partition, lag, heldBack: faultOf(place) ?? this.of.heldBack(place) ?? null };
        });
        return { topic, paused: this.of.isPaused(topic), partitions };
      }),
    };
  }

  /** It holds for all instances of the service, until it is resumed: each looks at its row within a second. */
  async act(verb: TopicVerb, topic: string, request: ActRequest): Promise<ActResult> {
    if (!this.of.topics.includes(topic))
      return { outcome: 'unknown', detail: `there is no topic ${topic} here, only ${this.of.topics.join(', ')}` };
    const result = await transacted(this.calls, async (context): Promise<ActResult> => {
      const rows = context.attempt.rows(pausedTopicTable);
      const row = await rows.get(topic);
      const { who, reason } = request;
      const pause: ActPlan = {
        does: 'handles nothing of it in any instance until it is resumed: what comes waits on the topic, for as long as the topic keeps it; a deadline goes on for a saga whose command waits there',
        act: async (context) => rows.add({ topic, who, reason, at: context.now() }),
      };
      const resume: ActPlan = {
        does: 'handles what has come meanwhile, in order',
        act: async () => rows.delete(topic),
      };
      const plan = verb === 'pause' ? (row ? alreadyPaused : pause) : row ? resume : notPaused;
      return acted(context, verb, subjectOf(topic, row), request, plan, async () => factsOf(await rows.get(topic)));
    });
    if (result.outcome === 'done') await this.of.look().catch(() => {}); // it is looked at regularly
    return result;
  }
}

const alreadyPaused: ActPlan = { refused: 'it is paused already' };
const notPaused: ActPlan = { refused: 'it is not paused' };

const factsOf = (row: PausedTopicRow | undefined) => ({ paused: row ? `by ${row.who}` : 'no' });

const subjectOf = (topic: string, row: PausedTopicRow | undefined): Subject => ({
  name: `topic ${topic}`,
  txId: null,
  version: row ? `paused.${row.at.getTime()}` : 'read',
  standing: row ? `${row.who} has paused it at ${row.at.toISOString()}: ${row.reason}` : 'it is not paused',
  facts: factsOf(row),
});
