import type { Component } from './component';
import type { Machine } from './machine';

/** Where a component comes from. */
export type Rung =
  | { readonly from: 'address'; readonly address: string }
  | { readonly from: 'docker' | 'process' }
  | { readonly from: 'nowhere'; readonly lacking: string };

/** The first that is there: an address in the environment, a Docker engine, programs on this machine. */
export function rungOf(component: Component, env: NodeJS.ProcessEnv, machine: Machine): Rung {
  const address = env[component.variable];
  if (address) return { from: 'address', address };
  if (machine.docker) return { from: 'docker' };
  const lacking = component.lacking(machine);
  return lacking === undefined ? { from: 'process' } : { from: 'nowhere', lacking };
}
