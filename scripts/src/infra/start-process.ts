import { mkdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { shown, untilAnswers } from './answers';
import { exists } from './cache';
import type { Component } from './component';
import type { Machine } from './machine';
import { fetchProfile } from './maven';
import { portsFor } from './ports';
import { isRunning, startDetached } from './processes';
import { run } from './run';
import type { State } from './state';

export interface Starting {
  readonly folder: string;
  readonly state: State;
  readonly env: NodeJS.ProcessEnv;
  readonly say: (line: string) => void;
  readonly machine: Machine;
  readonly signal: AbortSignal;
  /** Ports that others who start now have chosen. */
  readonly taken: Set<number>;
  /** Called as soon as there is a process to end. */
  readonly begun: () => void;
}

/** Resolves when the component answers, at the address that it had last if that is free. */
export async function startProcess(component: Component, it: Starting): Promise<void> {
  const { name } = component;
  const { state, signal } = it;
  const say = (what: string) => it.say(`${name.padEnd(9)} ${what}`);
  const before = state.read()[name];
  if (typeof before?.runs === 'object' && isRunning(before.runs))
    return untilAnswers(component, component.addressOf(before.ports), { boundMs: readyMs, signal });

  const folder = join(it.folder, name);
  mkdirSync(folder, { recursive: true });
  const ports = await portsFor(component.portsNeeded, before?.ports, it.taken);
  const launch = await component.launch({
    folder,
    ports,
    machine: it.machine,
    fetch: (profile) => fetchProfile(profile, { mvn: it.machine.find('mvn'), env: it.env, say, signal }),
    run: async (program, args) => void (await run(program, args, { signal })),
  });
  signal.throwIfAborted();
  const address = component.addressOf(ports);
  say(`starting at ${shown(address)}: usually ${component.usualStartS} s`);
  const beganAt = performance.now();
  const log = join(folder, 'log');
  if (await exists(log)) renameSync(log, `${log}.1`);
  const runs = startDetached(launch, folder, log);
  state.put(name, { from: 'process', ports, runs });
  it.begun();
  const check = () => {
    if (!isRunning(runs)) throw new Error('it has ended');
  };
  await untilAnswers(component, address, { boundMs: readyMs, signal, check }).catch((error: unknown) => {
    throw signal.aborted ? error : new Error(`${name} did not start: ${(error as Error).message}\n${endOf(log)}`);
  });
  say(`answers after ${((performance.now() - beganAt) / 1_000).toFixed(1)} s`);
}
const readyMs = 90_000;

const endOf = (log: string): string =>
  `${log} ends with\n${readFileSync(log, 'utf8').split('\n').slice(-30).join('\n')}`;
