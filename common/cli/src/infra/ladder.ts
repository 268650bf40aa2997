import type { Component, Wishes } from './component';
import type { Machine } from './machine';

/** Where a component comes from. */
export type Rung =
  | { readonly from: 'address'; readonly address: string }
  | { readonly from: 'docker' | 'process' }
  | { readonly from: 'nowhere'; readonly lacking: string };

/** The first that is there and grants the wishes: an address in the environment, a Docker engine, programs on this machine. */
export function rungOf(component: Component, env: NodeJS.ProcessEnv, machine: Machine, wishes: Wishes = {}): Rung {
  const address = env[component.variable];
  if (address) return { from: 'address', address };
  const notInDocker = component.notInDocker(wishes);
  if (machine.docker && notInDocker === undefined) return { from: 'docker' };
  const lacking = component.lacking(machine, wishes);
  if (lacking === undefined) return { from: 'process' };
  const otherwise = notInDocker === undefined ? ', or start a Docker engine' : `, since ${notInDocker}`;
  return { from: 'nowhere', lacking: lacking + otherwise };
}
