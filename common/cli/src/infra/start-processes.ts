import { mkdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { shown, untilAnswers } from './answers';
import { exists } from './cache';
import type { Component, Lead, Wishes } from './component';
import type { Machine } from './machine';
import { fetchProfile } from './maven';
import { partName, portsOf, running, type PartName } from './parts';
import { portsFor } from './ports';
import { isRunning, startDetached, type ProcessId } from './processes';
import { run } from './run';
import type { State } from './state';

export interface Starting {
  readonly folder: string;
  readonly state: State;
  readonly env: NodeJS.ProcessEnv;
  readonly say: (line: string) => void;
  readonly machine: Machine;
  readonly wishes: Wishes;
  readonly lead: Lead | undefined;
  readonly signal: AbortSignal;
  /** Ports that others who start now have chosen. */
  readonly taken: Set<number>;
  /** Called as soon as there is a process to end. */
  readonly begun: (part: PartName) => void;
  /** Called with why one does not start; `signal` aborts then. */
  readonly failed: (error: unknown) => void;
}

/**
 * Starts those of a component's processes that do not run, `only` these if it is given, at the ports that they had last
 * if those are free.
 */
export async function startProcesses(
  component: Component,
  only: readonly number[] | undefined,
  it: Starting,
): Promise<void> {
  const { name, portsNeeded } = component;
  const before = it.state.read()[name];
  const count = component.processes(it.wishes);
  const wanted = only ?? Array.from({ length: count }, (_, process) => process);
  const stranger = wanted.find((process) => process >= count);
  if (stranger !== undefined) throw new Error(`there is no ${name}-${stranger + 1} here, of ${count}`);
  const isUp = running(before).some(Boolean);
  const ports = isUp ? before!.ports : await portsFor(portsNeeded * count, before?.ports, it.taken);
  const fetched = new Map<string, Promise<string>>(); // for all of them
  const fetch: Fetch = (profile, say) => {
    const fetching = { mvn: it.machine.find('mvn'), env: it.env, say, signal: it.signal };
    if (!fetched.has(profile)) fetched.set(profile, fetchProfile(profile, fetching));
    return fetched.get(profile)!;
  };
  const begin = (process: number) => startProcess(component, { process, count, ports, fetch }, it).catch(it.failed);
  await Promise.all(wanted.map(begin));
}

type Fetch = (profile: string, say: (what: string) => void) => Promise<string>;

interface InstanceLock {
  readonly process: number;
  readonly count: number;
  readonly ports: readonly number[];
  readonly fetch: Fetch;
}

async function startProcess(component: Component, instanceLock: InstanceLock, it: Starting): Promise<void> {
  const { ports, process, count } = instanceLock;
  const { signal } = it;
  const address = component.addressOf(portsOf(component, process, ports));
  const part = partName(component.name, process, count);
  const patience = { boundMs: readyMs, signal, process: count === 1 ? undefined : process };
  if (running(it.state.read()[component.name])[process]) return untilAnswers(component, address, patience);

  const say = (what: string) => it.say(`${part.padEnd(9)} ${what}`);
  const folder = join(it.folder, part);
  mkdirSync(folder, { recursive: true });
  const launch = await component.launch({
    ...{ folder, ports, process, machine: it.machine, wishes: it.wishes, lead: it.lead },
    fetch: (profile) => instanceLock.fetch(profile, say),
    run: async (program, args) => void (await run(program, args, { signal })),
  });
  signal.throwIfAborted();
  say(`starting at ${shown(address)}: usually ${component.usualStartS} s`);
  const beganAt = performance.now();
  const log = join(folder, 'log');
  if (await exists(log)) renameSync(log, `${log}.1`);
  const runs = startDetached(launch, folder, log);
  note(component, instanceLock, runs, it.state);
  it.begun(part);
  const check = () => {
    if (!isRunning(runs)) throw new Error('it has ended');
  };
  await untilAnswers(component, address, { ...patience, check }).catch((error: unknown) => {
    throw signal.aborted ? error : new Error(`${part} did not start: ${(error as Error).message}\n${endOf(log)}`);
  });
  say(`answers after ${((performance.now() - beganAt) / 1_000).toFixed(1)} s`);
}
const readyMs = 90_000;

function note({ name }: Component, { process, count, ports }: InstanceLock, runs: ProcessId, state: State): void {
  const others = running(state.read()[name]);
  const all = Array.from({ length: count }, (_, each) => (each === process ? runs : (others[each] ?? null)));
  state.put(name, { from: 'process', ports, runs: all });
}

const endOf = (log: string): string =>
  `${log} ends with\n${readFileSync(log, 'utf8').split('\n').slice(-30).join('\n')}`;
