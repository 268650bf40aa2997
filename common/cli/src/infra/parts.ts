import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { componentNames, type Component, type ComponentName } from './component';
import { components } from './components';
import { isRunning, type ProcessId } from './processes';
import type { Entry } from './state';

/** A component, or one of its processes: `kafka-2` is the second broker. */
export type PartName = ComponentName | `${ComponentName}-${number}`;

/** Components, and which of their processes, counted from 0; without a list, all of them. */
export type Chosen = ReadonlyMap<ComponentName, readonly number[] | undefined>;

export function isPartName(text: string): text is PartName {
  return partPattern.test(text);
}
const partPattern = new RegExp(`^(${componentNames.join('|')})(?:-([1-9]\\d?))?$`);

export function chosenOf(parts: readonly PartName[]): Chosen {
  const chosen = new Map<ComponentName, readonly number[] | undefined>();
  for (const part of parts) {
    const [, name, number] = partPattern.exec(part) as unknown as [string, ComponentName, string | undefined];
    const others = chosen.has(name) ? chosen.get(name) : [];
    chosen.set(name, number === undefined ? undefined : others && [...others, Number(number) - 1]);
  }
  return chosen;
}

/** Of a process of a component that has `count`; its folder has the same name. */
export const partName = (name: ComponentName, process: number, count: number): PartName =>
  count === 1 ? name : `${name}-${process + 1}`;

/** Of the ports of all processes, those of one. */
export const portsOf = ({ portsNeeded }: Component, process: number, ports: readonly number[]): readonly number[] =>
  ports.slice(process * portsNeeded, (process + 1) * portsNeeded);

/** How many processes have their data in a folder; `undefined` when there are no data. */
export function processesThere(folder: string, name: ComponentName, entry: Entry | undefined): number | undefined {
  if (entry?.from !== 'process') return undefined;
  const count = entry.ports.length / components[name].portsNeeded;
  const hasData = (process: number) => existsSync(join(folder, partName(name, process, count), 'data'));
  return Array.from({ length: count }, (_, process) => hasData(process)).some(Boolean) ? count : undefined;
}

/** By their numbers, those that run. */
export const running = (entry: Entry | undefined): readonly (ProcessId | null)[] =>
  Array.isArray(entry?.runs) ? entry.runs.map((it) => (it && isRunning(it) ? it : null)) : [];
