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
export interface Topic {
  readonly topic: string;
  readonly messages: string[];
  readonly senders: string[];
  readonly listeners: string[];
  readonly states: { readonly service: string; readonly state: TopicState }[];
}
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
export interface Place {
  readonly parts: readonly string[];
  readonly query: URLSearchParams;
}
/** What is to be seen at a place. `draw` is called whenever something has changed. */
export interface View {
  readonly title: string;
  draw(): Node[];
  /** Asks for what is not pushed; again every so often while one looks. */
  readonly refresh?: () => Promise<void>;
  readonly everyMs?: number;
  /** Whether something counts down. */
  readonly ticks?: () => boolean;
  stop?(): void;
}

/** What is put into an element; a list holds children, and nothing is left out. */
export type Child = Node | string | number | null | undefined | false | readonly unknown[];
/** Attributes and handlers of an element. */
export interface Props {
  readonly [name: string]: string | number | boolean | null | undefined | ((event: any) => unknown);
}
type NameIn<Tag extends string> = Tag extends `${infer Name}.${string}` ? Name : Tag;
export type HtmlOf<Tag extends string> =
  NameIn<Tag> extends infer Name extends keyof HTMLElementTagNameMap ? HTMLElementTagNameMap[Name] : never;
export type SvgOf<Tag extends string> =
  NameIn<Tag> extends infer Name extends keyof SVGElementTagNameMap ? SVGElementTagNameMap[Name] : never;

/** A message of a process, as one line of its story. `''` stands for a service that is not known. */
export interface Line {
  readonly message: StoryNode;
  readonly from: string;
  readonly to: string;
  /** When it was sent, in milliseconds. */
  readonly at: number;
  readonly latencyMs: number | null;
  readonly isHandled: boolean;
  readonly isCompensation: boolean;
  /** A saga waits for the answer to it. */
  readonly isAwaited: boolean;
}
/** How a story is drawn: with what operators have done. */
export interface Marks {
  readonly acts: readonly { readonly at: number; readonly text: string }[];
  readonly waiting: string;
  readonly label: string;
  readonly open: (line: Line) => void;
}
export type Row =
  | { readonly y: number; readonly line: Line }
  | { readonly y: number; readonly kind: 'gap' | 'act'; readonly text: string };

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}
export type Point = readonly [x: number, y: number];
export interface Edge {
  readonly kind: 'onward' | 'back' | 'tie';
  readonly points: readonly Point[];
}
/** Where each part of a flow is. */
export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly isWide: boolean;
  readonly begun: Box;
  readonly completed: Box;
  readonly rejected: Box;
  readonly steps: readonly Box[];
  readonly undos: readonly (Box | undefined)[];
}

/** What was placed by a button of the demonstration. */
export interface Placed {
  readonly key: string;
  readonly label: string;
  txId: string;
  service: string;
  details?: SagaDetails;
  trouble?: string;
}
/** What an act needs. */
export interface ActBody {
  readonly who: string;
  readonly reason: string;
  readonly version?: string | undefined;
  readonly code?: string;
  readonly reply?: unknown;
}
/** Fields of one act besides who and why. */
export interface MoreFields {
  readonly node: HTMLElement;
  read(): Partial<ActBody>;
}
