import { oneOf, wholeBelow } from '../random';
import { kindOf, type FaultKind } from './kinds';

/** A fault that will happen. */
export interface PlannedFault {
  readonly kind: FaultKind;
  readonly target: string;
  /** Milliseconds after the first order. */
  readonly atMs: number;
  /** Until it is put right. */
  readonly forMs: number;
  /** How bad it is, from 0 to 1, where there is a choice: how late, by how much, or how many. */
  readonly strength: number;
}

export interface PlanOptions {
  readonly kinds: readonly FaultKind[];
  /** When the first may begin. */
  readonly fromMs: number;
  /** When all have to be over, if what puts them right takes no time. */
  readonly untilMs: number;
  /** None lasts longer. */
  readonly forMsMax: number;
  readonly random: () => number;
}

const overlapping = 0.35;
/** Those that last longer are not waited for: others come meanwhile. */
const waitedMsMax = 12_000;
const soonMsMax = 4_000;
const quietMs = [4_000, 9_000] as const;
/** How long it takes to put one right. */
const rightMs = 5_000;

/** Each kind comes before one comes again. Two that touch the same thing are not planned for the same time; others overlap at times. */
export function planFaults({ kinds, fromMs, untilMs, forMsMax, random }: PlanOptions): PlannedFault[] {
  const planned: PlannedFault[] = [];
  const freeMs = new Map<string, number>();
  let bag: FaultKind[] = [];
  for (let atMs = fromMs; ;) {
    if (bag.length === 0) bag = shuffled(kinds, random);
    const kind = bag.pop()!;
    const {
      targets,
      forMs: [least, most],
      holds,
    } = kindOf(kind);
    const target = oneOf(random, targets);
    const lastsMs = Math.min(between(random, [least, most]), forMsMax);
    const strength = random();
    const held = holds(target);
    atMs = Math.max(atMs, ...held.map((each) => freeMs.get(each) ?? 0));
    if (atMs + lastsMs > untilMs) return planned;
    planned.push({ kind, target, atMs, forMs: lastsMs, strength });
    for (const each of held) freeMs.set(each, atMs + lastsMs + rightMs);
    const isSoon = random() < overlapping;
    atMs += isSoon
      ? wholeBelow(random, soonMsMax)
      : Math.min(lastsMs, waitedMsMax) + rightMs + between(random, quietMs);
  }
}

function shuffled<Item>(items: readonly Item[], random: () => number): Item[] {
  const left = [...items];
  return items.map(() => left.splice(wholeBelow(random, left.length), 1)[0]!);
}

/** More often a short time than a long one. */
const between = (random: () => number, [least, most]: readonly [number, number]): number =>
  Math.round(least + (most - least) * random() ** 2);
