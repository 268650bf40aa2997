import type { Machine } from './machine';

export const componentNames = ['kafka', 'registry', 'mysql'] as const;
export type ComponentName = (typeof componentNames)[number];
export type Variable = 'KAFKA_BROKERS' | 'SCHEMA_REGISTRY_URL' | 'MYSQL_URL';

/** One of the real components: where its address is looked for, and how it runs as a process of its own. */
export interface Component {
  readonly name: ComponentName;
  readonly variable: Variable;
  readonly portsNeeded: number;
  /** From its fetched parts to its first answer, on a machine with nothing else to do. */
  readonly usualStartS: number;
  readonly addressOf: (ports: readonly number[]) => string;
  /** What to install before it can run here; `undefined` when it can. */
  readonly lacking: (machine: Machine) => string | undefined;
  /** Makes the data folder if there is none, and says what to run. */
  readonly launch: (site: Site) => Promise<Launch>;
  /** Rejects unless the component at this address answers, within about two seconds. */
  readonly ask: (address: string) => Promise<void>;
}

/** Where a component runs, and what it may use to get ready. */
export interface Site {
  readonly folder: string;
  readonly ports: readonly number[];
  readonly machine: Machine;
  /** The folder with what this profile of docker/pom.xml names. */
  readonly fetch: (profile: string) => Promise<string>;
  /** Rejects with the end of what was said when the program fails. */
  readonly run: (program: string, args: readonly string[]) => Promise<void>;
}

export interface Launch {
  readonly program: string;
  readonly args: readonly string[];
}
