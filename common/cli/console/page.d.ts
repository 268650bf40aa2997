import type { SagaDetails, StoryNode, TopicState } from './types.js';

export interface Topic {
  readonly topic: string;
  readonly messages: string[];
  readonly senders: string[];
  readonly listeners: string[];
  readonly states: { readonly service: string; readonly state: TopicState }[];
}
export interface Place {
  readonly parts: readonly string[];
  readonly query: URLSearchParams;
}
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

export type Child = Node | string | number | null | undefined | false | readonly unknown[];
export interface Props {
  readonly [name: string]: string | number | boolean | null | undefined | ((event: any) => unknown);
}
type NameIn<Tag extends string> = Tag extends `${infer Name}.${string}` ? Name : Tag;
export type HtmlOf<Tag extends string> =
  NameIn<Tag> extends infer Name extends keyof HTMLElementTagNameMap ? HTMLElementTagNameMap[Name] : never;
export type SvgOf<Tag extends string> =
  NameIn<Tag> extends infer Name extends keyof SVGElementTagNameMap ? SVGElementTagNameMap[Name] : never;

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

export interface Placed {
  readonly key: string;
  readonly label: string;
  txId: string;
  service: string;
  details?: SagaDetails;
  trouble?: string;
}
export interface ActBody {
  readonly who: string;
  readonly reason: string;
  readonly version?: string | undefined;
  readonly code?: string;
  readonly reply?: unknown;
}
export interface MoreFields {
  readonly node: HTMLElement;
  read(): Partial<ActBody>;
}
