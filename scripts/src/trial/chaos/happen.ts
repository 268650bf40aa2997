import { setTimeout } from 'node:timers/promises';
import { happenings, LeftOut, type Scene } from './faults';
import type { HappenedFault } from './figures';
import { kindOf } from './kinds';
import type { PlannedFault } from './plan';

export interface Happening {
  readonly scene: Scene;
  readonly signal: AbortSignal;
  /** Of `performance.now()`: when the first order was placed. */
  readonly beganAt: number;
  readonly say: (line: string) => void;
}

export interface Happened {
  readonly faults: readonly HappenedFault[];
  /** What this machine could not have, in words. */
  readonly leftOut: readonly string[];
}

/** Lets all faults happen at their times, or once what they touch is free. Resolves when all are over. */
export async function happen(planned: readonly PlannedFault[], it: Happening): Promise<Happened> {
  const faults: HappenedFault[] = [];
  const leftOut: string[] = [];
  const last = new Map<string, Promise<void>>();
  const one = async (fault: PlannedFault) => {
    const waitMs = it.beganAt + fault.atMs - performance.now();
    await setTimeout(Math.max(0, waitMs), undefined, { signal: it.signal });
    const held = kindOf(fault.kind).holds(fault.target);
    const before = held.flatMap((each) => last.get(each) ?? []);
    const over = Promise.all(before).then(() => now(fault, it));
    for (const each of held)
      last.set(
        each,
        over.then(
          () => {},
          () => {},
        ),
      );
    const happened = await over;
    if (typeof happened === 'string') leftOut.push(happened);
    else faults.push(happened);
  };
  await Promise.all(planned.map(one));
  return { faults, leftOut };
}

/** That it fails is told, and is no reason not to look at the books. */
async function now(fault: PlannedFault, { scene, signal, beganAt, say }: Happening): Promise<HappenedFault | string> {
  signal.throwIfAborted();
  const passedMs = () => Math.round(performance.now() - beganAt);
  const { kind, target, forMs } = fault;
  const atMs = passedMs();
  say(`${clock(atMs)}  ${kind}: ${target}${forMs > 0 ? `, for ${(forMs / 1_000).toFixed(1)} s` : ''}`);
  const ended = await happenings[kind](scene, fault).then(
    (word) => (word === undefined ? {} : { word }),
    (error: Error) => ({ error }),
  );
  signal.throwIfAborted();
  const overMs = passedMs();
  const { error } = ended as { readonly error?: Error };
  if (error instanceof LeftOut) {
    say(`${clock(overMs)}  LEFT OUT: ${kind}: ${error.message}`);
    return `${kind}: ${error.message}`;
  }
  say(`${clock(overMs)}  ${error ? `FAILED: ${kind}: ${target}: ${error.message}` : `over: ${kind}: ${target}`}`);
  return { kind, target, atMs, overMs, ...(error ? { failed: error.message } : ended) };
}

/** Minutes and seconds. */
export function clock(ms: number): string {
  const s = Math.round(ms / 1_000);
  return `${Math.floor(s / 60)}:${`${s % 60}`.padStart(2, '0')}`;
}
