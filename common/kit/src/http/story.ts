import { z } from 'zod';
import type { AuditRow, MessageOfProcess } from '../runtime';
import { plainText } from './fields';
import { problem } from './problem';
import { route, type Route } from './route';

/** Somebody who has sent or received a message, and when; `times`: it came again. */
export type Hand = {
  readonly service: string;
  readonly at: string;
  readonly times: number;
};

/** A message of a process, and those that it has caused. */
export type StoryNode = {
  readonly type: string;
  readonly code: string | null;
  readonly topic: string;
  readonly messageId: string;
  readonly causationId: string;
  readonly sent: Hand[];
  readonly received: Hand[];
  readonly caused: StoryNode[];
};

/** What an operator has done to a process; what it has sent names `id` as its cause. */
export type StoryAct = {
  readonly id: string;
  readonly at: string;
  readonly who: string;
  readonly verb: string;
  readonly subject: string;
  readonly reason: string;
  readonly service: string;
};

/** Everything that a system has sent and received for one process, as a tree of causes. */
export interface Story {
  readonly txId: string;
  /** What a call, or a message of another process, has caused; oldest first, as everything below is. */
  readonly story: StoryNode[];
  /** Oldest first. */
  readonly acts: StoryAct[];
}

/** What one service knows of a process. */
export interface Told {
  readonly service: string;
  readonly messages: readonly MessageOfProcess[];
  readonly acts: readonly AuditRow[];
}

/** A tree node without its place in the tree. */
type Flat = Omit<StoryNode, 'caused'>;

/** What services tell, as one tree: a message that several have handled is in it once. */
export const storyOf = (txId: string, told: readonly Told[]): Story => ({
  txId,
  story: treeOf(told.flatMap(({ service, messages }) => messages.map((message) => flatOf(service, message)))),
  acts: inOrder(told.flatMap(({ service, acts }) => acts.map((row) => actOf(service, row)))),
});

/** Several stories of one process as one. */
export const mergedStory = (txId: string, stories: readonly Story[]): Story => ({
  txId,
  story: treeOf(stories.flatMap(({ story }) => flattened(story))),
  acts: inOrder(stories.flatMap(({ acts }) => acts)),
});

/** Where a story is told. */
export const storyPath = '/stories/:txId';

/** `path` has the parameter `txId`. Who cannot be asked is told of in a problem: half a story would be a wrong one. */
export const storyRoute = (path: string, tell: (txId: string) => Promise<Story>): Route => {
  const hand = z.object({ service: z.string(), at: z.iso.datetime(), times: z.int() });
  const act = z.object({
    id: z.string().describe('the cause of what it has sent'),
    at: z.iso.datetime(),
    who: z.string(),
    verb: z.string(),
    subject: z.string(),
    reason: z.string(),
    service: z.string(),
  });
  const node = z.object({
    type: z.string(),
    code: z.string().nullable().describe('of a refusal'),
    topic: z.string(),
    messageId: z.string(),
    causationId: z.string(),
    sent: z.array(hand),
    received: z.array(hand),
    caused: z.array(z.looseObject({})).describe('the messages that it has caused, of the same shape'),
  });
  return route(
    {
      method: 'GET',
      path,
      summary: 'Every message of a process over all services, as a tree of causes, and what operators have done to it',
      params: z.object({ txId: plainText(64) }),
      answers: { 200: z.object({ txId: z.string(), story: z.array(node), acts: z.array(act) }) },
    },
    async ({ params: { txId } }) => {
      const { story, acts } = await tell(txId);
      if (story.length === 0 && acts.length === 0)
        return problem(404, `nobody has sent or received a message of ${txId}`);
      return { status: 200, body: { txId, story, acts } };
    },
  );
};

const actOf = (service: string, { id, at, who, verb, subject, reason }: AuditRow): StoryAct => {
  return { id, at: at.toISOString(), who, verb, subject, reason, service };
};
/** Each once, though two addresses of one process tell of it. */
const inOrder = (acts: readonly StoryAct[]): StoryAct[] =>
  [...new Map(acts.map((act) => [`${act.service} ${act.id}`, act])).values()].sort((one, other) =>
    one.at < other.at ? -1 : one.at > other.at ? 1 : 0,
  );

function flatOf(
  service: string,
  { direction, at, times, type, code, topic, messageId, causationId }: MessageOfProcess,
): Flat {
  const hand: Hand = { service, at: at.toISOString(), times };
  const [sent, received] = direction === 'sent' ? [[hand], []] : [[], [hand]];
  return { type, code, topic, messageId, causationId, sent, received };
}

const flattened = (nodes: readonly StoryNode[]): Flat[] =>
  nodes.flatMap(({ caused, ...node }) => [node, ...flattened(caused)]);

function treeOf(all: readonly Flat[]): StoryNode[] {
  const byId = new Map<string, Flat>();
  for (const each of all) {
    const known = byId.get(each.messageId);
    const merged = known && {
      ...known,
      sent: [...known.sent, ...each.sent],
      received: [...known.received, ...each.received],
    };
    byId.set(each.messageId, merged ?? each);
  }
  const effects = new Map<string, Flat[]>();
  const roots: Flat[] = [];
  for (const node of byId.values()) {
    const siblings =
      node.causationId !== node.messageId && byId.has(node.causationId) ? listIn(effects, node.causationId) : roots;
    siblings.push(node);
  }
  const told = new Set<Flat>();
  const grown = (nodes: readonly Flat[]): StoryNode[] =>
    [...nodes].sort(byTime).flatMap((node) => {
      if (told.has(node)) return [];
      told.add(node);
      return [{ ...node, caused: grown(effects.get(node.messageId) ?? []) }];
    });
  return [...grown(roots), ...grown([...byId.values()])]; // causes that go round in a circle have no root
}

function listIn<Item>(lists: Map<string, Item[]>, key: string): Item[] {
  let list = lists.get(key);
  if (!list) lists.set(key, (list = []));
  return list;
}

const firstAt = ({ sent, received }: Flat): string => [...sent, ...received].map(({ at }) => at).sort()[0] ?? '';
const byTime = (one: Flat, other: Flat): number =>
  firstAt(one) < firstAt(other) ? -1 : firstAt(one) > firstAt(other) ? 1 : 0;
