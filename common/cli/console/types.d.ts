/** What the services answer, as far as the console reads it. */

export interface Step {
  readonly name: string;
  readonly kind: 'compensatable' | 'pivot' | 'retriable';
  readonly undo: string | null;
  readonly timeoutMs: number;
}
export interface SagaOverview {
  readonly name: string;
  readonly steps: readonly Step[];
  readonly cancellations: readonly string[];
  readonly standing: readonly { readonly status: string; readonly step: string; readonly count: number }[];
  readonly recent: {
    readonly windowSeconds: number;
    readonly begun: number;
    readonly completed: number;
    readonly rejected: Readonly<Record<string, number>>;
    readonly p50Ms: number | null;
    readonly p99Ms: number | null;
  };
}
export interface Overview {
  readonly service: string;
  readonly at: string;
  readonly ready: boolean;
  readonly reasons: readonly string[];
  readonly parked: number;
  readonly needsOperator: number;
  readonly refused: number;
  readonly sagas: readonly SagaOverview[];
}
export interface Consumer {
  readonly service: string;
  readonly outbox: { readonly waiting: number; readonly oldestSeconds: number | null };
  readonly timers: { readonly due: number; readonly nextAt: string | null };
  readonly topics: readonly TopicState[];
}
export interface TopicState {
  readonly topic: string;
  readonly paused: boolean;
  readonly partitions: readonly {
    readonly partition: number;
    readonly lag: number | null;
    readonly heldBack: string | null;
  }[];
}
/** What is sent on a topic, by whom, to whom, and how far each listener is. */
export interface Contracts {
  readonly service: string;
  readonly sends: readonly { readonly message: string; readonly topic: string }[];
  readonly listens: readonly { readonly message: string; readonly topic: string }[];
}
export interface DemoRequest {
  readonly label: string;
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
}
export interface Demo {
  readonly story: string;
  readonly demo: null | {
    readonly requests: readonly DemoRequest[];
    readonly silence: null | { readonly label: string; readonly service: string };
  };
}
export interface SagaView {
  readonly saga: string;
  readonly txId: string;
  readonly status: 'running' | 'compensating' | 'completed' | 'rejected';
  readonly step: string;
  readonly code: string | null;
  readonly message: string | null;
  readonly attempts: number;
  readonly needsOperator: boolean;
  readonly startedAt: string;
  readonly updatedAt: string;
  readonly dueAt: string | null;
  readonly version: string;
  readonly why: string;
  readonly paused?: boolean;
}
export interface HistoryLine {
  readonly at: string;
  readonly direction: 'sent' | 'received';
  readonly type: string;
  readonly topic: string;
  readonly code: string | null;
  readonly awaited: boolean;
  readonly times: number;
}
export interface SagaDetails extends SagaView {
  readonly done: readonly string[];
  readonly remaining: readonly string[];
  readonly owed: readonly string[];
  readonly state: unknown;
  readonly commands: readonly { readonly messageId: string; readonly type: string; readonly message: unknown }[];
  readonly history: readonly HistoryLine[];
}
export interface Hand {
  readonly service: string;
  readonly at: string;
  readonly times: number;
}
export interface StoryNode {
  readonly type: string;
  readonly code: string | null;
  readonly topic: string;
  readonly messageId: string;
  readonly causationId: string;
  readonly sent: readonly Hand[];
  readonly received: readonly Hand[];
  readonly caused: readonly StoryNode[];
}
export interface Story {
  readonly story: readonly StoryNode[];
  /** What operators have done to it. */
  readonly acts: readonly {
    readonly at: string;
    readonly who: string;
    readonly verb: string;
    readonly subject: string;
    readonly reason: string;
  }[];
}
export interface ParkedView {
  readonly id: string;
  readonly reason: string;
  readonly error: string;
  readonly topic: string;
  readonly key: string | null;
  readonly orderingKey: string | null;
  readonly attempts: number;
  readonly times: number;
  readonly at: string;
  readonly lastAt: string;
  readonly version: string;
  readonly why: string;
}
export interface ParkedDetails extends ParkedView {
  readonly message: unknown;
  readonly bytes: number;
  readonly base64: string | null;
}
export interface AuditAct {
  readonly id: string;
  readonly at: string;
  readonly who: string;
  readonly verb: string;
  readonly subject: string;
  readonly reason: string;
  readonly before: Readonly<Record<string, string | number | null>>;
  readonly after: Readonly<Record<string, string | number | null>> | null;
}
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly next: string | null;
}
export interface ActAnswer {
  readonly outcome: 'would' | 'done';
  readonly does: string;
  readonly version: string | null;
}

/** Where one is: `#/sagas/order?status=running` has the parts `sagas`, `order`. */
/** What is to be seen at a place. `draw` is called whenever something has changed. */
/** What is put into an element; a list holds children, and nothing is left out. */
/** Attributes and handlers of an element. */
/** A message of a process, as one line of its story. `''` stands for a service that is not known. */
/** How a story is drawn: with what operators have done. */
/** Where each part of a flow is. */
/** What was placed by a button of the demonstration. */
/** What an act needs. */
/** Fields of one act besides who and why. */
