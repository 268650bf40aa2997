import { untilAnswers } from './answers';
import type { ComponentName, Lead, Missing, Wishes } from './component';
import { components } from './components';
import type { Compose } from './compose';
import { rungOf, type Rung } from './ladder';
import type { Machine } from './machine';
import { running, type Chosen, type PartName } from './parts';
import { portsFor } from './ports';
import { startProcesses } from './start-processes';
import type { State } from './state';

export interface Climbing {
  readonly folder: string;
  readonly state: State;
  readonly compose: Compose;
  readonly env: NodeJS.ProcessEnv;
  readonly say: (line: string) => void;
  readonly end: (begun: readonly PartName[]) => Promise<void>;
  readonly wishes: Wishes;
  readonly lead: Lead | undefined;
  readonly signal: AbortSignal | undefined;
}

/** Gets each component from the first place where it can be had. All are there in the end, or nothing of what was begun is. */
export async function climb(chosen: Chosen, it: Climbing, machine: Machine): Promise<Missing> {
  const rungs = [...chosen.keys()].map((name) => ({
    name,
    rung: alreadyHere(name, it) ?? rungOf(components[name], it.env, machine, it.wishes),
  }));
  const contained = rungs.flatMap(({ name, rung }) => (rung.from === 'docker' ? [name] : []));
  if (contained.length > 0 && !(await startContainers(contained, it)))
    return climb(chosen, it, { ...machine, docker: false });

  const failing = new AbortController();
  const signal = it.signal ? AbortSignal.any([it.signal, failing.signal]) : failing.signal;
  const begun: PartName[] = [...contained];
  const taken = new Set<number>();
  const get = async (name: ComponentName, rung: Rung) => {
    if (rung.from === 'address') await untilAnswers(components[name], rung.address, { boundMs: askMs, signal });
    if (rung.from === 'process') await startProcesses(components[name], chosen.get(name), starting);
  };
  const failed = (error: unknown) => failing.abort(error);
  const starting = { ...it, machine, signal, taken, failed, begun: (part: PartName) => void begun.push(part) };
  const outcomes = rungs.map(({ name, rung }) => get(name, rung).catch(failed));
  await Promise.all(outcomes);
  if (signal.aborted) {
    await it.end(begun);
    throw it.signal?.aborted ? it.signal.reason : failing.signal.reason;
  }
  return rungs.flatMap(({ name, rung }) => (rung.from === 'nowhere' ? [{ name, lacking: rung.lacking }] : []));
}
const askMs = 10_000;

/** What runs as a process stays one, though there be a Docker engine by now. */
function alreadyHere(name: ComponentName, { state, env }: Climbing): Rung | undefined {
  const isUp = running(state.read()[name]).some(Boolean);
  return !env[components[name].variable] && isUp ? { from: 'process' } : undefined;
}

/** Says whether Docker could do it: an engine without a network or a registry answers, and yet has no images. */
async function startContainers(names: readonly ComponentName[], it: Climbing): Promise<boolean> {
  const taken = new Set<number>();
  const ports: Partial<Record<ComponentName, readonly number[]>> = {};
  for (const name of names) {
    const entry = it.state.read()[name];
    const up = entry?.from === 'docker' && entry.runs === true;
    ports[name] = up ? entry.ports : await portsFor(components[name].portsNeeded, entry?.ports, taken);
    it.state.put(name, { from: 'docker', ports: ports[name], runs: true });
  }
  it.say(`docker    starting ${names.join(', ')}: usually 30 s, the first time with the images a few minutes`);
  try {
    await it.compose.up(names, ports, it.signal);
    return true;
  } catch (error) {
    await it.end(names);
    it.signal?.throwIfAborted();
    it.say(`docker    ${(error as Error).message}\ndocker    could not do it: looking for programs on this machine`);
    return false;
  }
}
