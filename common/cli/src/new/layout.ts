import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Misconfigured } from '../command/command';
import type { Name } from './names';

/** Where things stand in a project: each service a workspace of its own, or all of them in one src/. */
export interface Layout {
  readonly workspaces: boolean;
  /** How a file of the project is imported: `.js` where the project is ESM. */
  readonly extension: '' | '.js';
  readonly isEsm: boolean;
  /** The scope of its packages, with the slash; empty without workspaces. */
  readonly scope: string;
  /** The folder of all sources of a service. */
  sourceOf(service: string): string;
  /** The folder that all contracts are in. */
  readonly contracts: string;
  /** The file for the contracts of a service that has none yet. */
  contractsOf(service: Name): string;
  /** How contracts are imported by a file so many folders below a service's sources. */
  contractsFrom(depth: number): string;
}

const shared = join('common', 'contracts');

/** As the folder shows it. */
export function layoutOf(folder: string): Layout {
  const own = manifest(folder, '');
  if (!own) throw new Misconfigured(`there is no package.json in ${folder}: make one with "npm init --yes"`);
  const isEsm = own.type === 'module';
  const contracts = own.workspaces?.includes('common/contracts') ? manifest(folder, shared) : undefined;
  if (contracts) return inWorkspaces(contracts.name);
  const extension = isEsm ? '.js' : '';
  return {
    workspaces: false,
    extension,
    isEsm,
    scope: '',
    sourceOf: (service) => `src/${service}`,
    contracts: 'src',
    contractsOf: () => 'src/contracts.ts',
    contractsFrom: (depth) => `${'../'.repeat(depth + 1)}contracts${extension}`,
  };
}

const inWorkspaces = (contractsName: string): Layout => ({
  workspaces: true,
  extension: '',
  isEsm: false,
  scope: contractsName.slice(0, contractsName.indexOf('/') + 1),
  sourceOf: (service) => `${service}/src`,
  contracts: `${shared}/src`,
  contractsOf: ({ kebab }) => `${shared}/src/${kebab}.ts`,
  contractsFrom: () => contractsName,
});

interface Manifest {
  readonly name: string;
  readonly type?: string;
  readonly workspaces?: readonly string[];
}

function manifest(folder: string, below: string): Manifest | undefined {
  const file = join(folder, below, 'package.json');
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Manifest) : undefined;
}
