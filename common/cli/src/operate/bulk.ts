import { setTimeout } from 'node:timers/promises';
import type { ParkReason } from 'saga-kit/runtime';
import { z } from 'zod';
import { Interrupted, Usage, wholeNumber } from '../command/command';
import { exits, progress, tableText, type Terminal } from '../command/terminal';
import type { Acting } from './act';
import { isUnreachable, type Ask } from './ask';

/** What bulk verbs take besides. */
export const bulkOptions = { 'per-second': { type: 'string' }, max: { type: 'string' } } as const;

/** How fast, and how many at the most. */
export interface Bounds {
  readonly perSecond: number;
  readonly max: number;
}

/** What was typed of the bounds. */
export const boundsOf = (values: { readonly [Name in keyof typeof bulkOptions]?: unknown }): Bounds => ({
  perSecond: wholeNumber('per-second', textOf(values['per-second'], '10'), [1, 1_000]),
  max: wholeNumber('max', textOf(values.max, '1000'), [1, 100_000]),
});
const textOf = (value: unknown, otherwise: string): string => (typeof value === 'string' ? value : otherwise);

const Parked = z.looseObject({
  service: z.string(),
  id: z.string(),
  topic: z.string(),
  reason: z.string(),
  overtaken: z.boolean(),
  lastAt: z.string(),
  version: z.string(),
});
type Parked = z.output<typeof Parked>;

/** Acts on many parked messages, each as it was seen, in an act of its own: what is left is what the next call finds. */
export async function inBulk(
  ask: Ask,
  verb: string,
  found: readonly unknown[],
  acting: Acting,
  bounds: Bounds,
  terminal: Terminal,
): Promise<number> {
  const all = found.map((each) => Parked.parse(each));
  const chosen = chosenFor(verb, all).slice(0, bounds.max);
  if (!acting.yes) return describe(verb, chosen, all, acting.json, terminal);
  const refused: { id: string; detail: string }[] = [];
  const tell = progress(terminal, verb, chosen.length);
  const interrupted = new AbortController();
  const interrupt = () => interrupted.abort();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, interrupt);
  try {
    for (const [index, each] of chosen.entries()) {
      if (index > 0) await setTimeout(1_000 / bounds.perSecond, undefined, interrupted).catch(() => {});
      if (interrupted.signal.aborted)
        throw new Interrupted(`${verb}: broken off after ${index} of ${chosen.length}; the same command goes on`);
      const detail = await actOn(ask, verb, each, acting);
      if (detail !== undefined) refused.push({ id: each.id, detail });
      tell(index + 1);
    }
  } finally {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, interrupt);
  }
  return report(verb, chosen.length - refused.length, refused, acting.json, terminal);
}

/** What is parked for these reasons is not replayed: it follows another one, or its saga, by itself, or could be done twice. */
const notReplayed: readonly string[] = ['behind', 'paused', 'forgotten'] satisfies ParkReason[];

/**
 * Those that were tried the longest ago first, so that what is parked again comes last when the command goes on. What is
 * behind another one follows it by itself when that is replayed; it is dropped before it does.
 */
function chosenFor(verb: string, all: readonly Parked[]): readonly Parked[] {
  const isBehind = ({ reason }: Parked) => reason === 'behind';
  const byTime = (one: Parked, other: Parked) => (one.lastAt < other.lastAt ? -1 : one.lastAt > other.lastAt ? 1 : 0);
  const sorted = [...all].sort(byTime);
  if (verb === 'drop') return [...sorted.filter(isBehind), ...sorted.filter((each) => !isBehind(each))];
  return sorted.filter((each) => !each.overtaken && !notReplayed.includes(each.reason));
}

/** Why it was not done. */
async function actOn(
  ask: Ask,
  verb: string,
  { service, id, version }: Parked,
  { who, reason }: Acting,
): Promise<string | undefined> {
  const path = `/admin/services/${service}/parked/${encodeURIComponent(id)}/${verb}`;
  return ask('POST', path, { who, reason, version }).then(
    () => undefined,
    (error: Error) => {
      if (isUnreachable(error)) throw error;
      return error.message;
    },
  );
}

function describe(
  verb: string,
  chosen: readonly Parked[],
  all: readonly Parked[],
  json: boolean,
  terminal: Terminal,
): number {
  const counts = new Map<string, number>();
  for (const { service, topic, reason } of chosen) {
    const kind = JSON.stringify([service, topic, reason]);
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  const kinds = [...counts].map(([kind, count]) => [...(JSON.parse(kind) as string[]), count]);
  const left = all.length - chosen.length;
  const rest = left === 0 ? '' : `; ${left} more stay, or follow what they wait for`;
  if (json) terminal.say(JSON.stringify({ outcome: 'would', count: chosen.length, left }));
  else {
    terminal.say(`would ${verb} ${chosen.length} messages${rest}`);
    if (kinds.length > 0) terminal.say(tableText(['service', 'topic', 'reason', 'messages'], kinds));
  }
  terminal.hint('nothing is done: add --yes to do it');
  return exits.fine;
}

function report(
  verb: string,
  done: number,
  refused: readonly { readonly id: string; readonly detail: string }[],
  json: boolean,
  terminal: Terminal,
): number {
  if (json) terminal.say(JSON.stringify({ outcome: 'done', done, refused }, null, 2));
  else
    terminal.say(
      `${verb} of ${done} messages is done${refused.length === 0 ? '' : `; of ${refused.length} it is not`}`,
    );
  if (!json) for (const { id, detail } of refused.slice(0, linesMax)) terminal.hint(`${id}: ${detail}`);
  return refused.length === 0 ? exits.fine : exits.differs;
}

const linesMax = 20;

/** Which of them are meant has to be said: all of them may be too many. */
export function checkNarrowed(narrowed: readonly unknown[]): void {
  if (narrowed.length === 0) throw new Usage('say which: an id, or one of --topic, --ordering-key, --why');
}
