import type { Machine } from './machine';

export const componentNames = ['kafka', 'registry', 'mysql'] as const;
export type ComponentName = (typeof componentNames)[number];
export type Variable = 'KAFKA_BROKERS' | 'SCHEMA_REGISTRY_URL' | 'MYSQL_URL';

export const databases = ['mariadb', 'mysql'] as const;
export type Database = (typeof databases)[number];

/** What somebody wants of components that can be had in more than one way. What is left out stays as it is, or is usual. */
export interface Wishes {
  readonly brokers?: number | undefined;
  readonly database?: Database | undefined;
}

/** One of the real components: where its address is looked for, and how it runs as processes of its own. */
export interface Component {
  readonly name: ComponentName;
  readonly variable: Variable;
  /** Of each process. */
  readonly portsNeeded: number;
  /** From its fetched parts to its first answer, on a machine with nothing else to do. */
  readonly usualStartS: number;
  readonly processes: (wishes: Wishes) => number;
  /** Which wish a container does not grant; `undefined` when it grants all. */
  readonly notInDocker: (wishes: Wishes) => string | undefined;
  /** Of all its processes: the ports of the first, then those of the next. */
  readonly addressOf: (ports: readonly number[]) => string;
  /** What to install before it can run here; `undefined` when it can. */
  readonly lacking: (machine: Machine, wishes: Wishes) => string | undefined;
  /** Makes the data folder of a process if there is none, and says what to run. */
  readonly launch: (site: Site) => Promise<Launch>;
  /**
   * Rejects unless the component at this address answers, within about two seconds; with a `process`, counted from 0,
   * unless that one is among those that work together.
   */
  readonly ask: (address: string, process?: number) => Promise<void>;
}

/** Of the ports that brokers listen on, makes those that clients are told instead: for a proxy in between. */
export type Lead = (ports: readonly number[]) => readonly number[];

/** Where a process of a component runs, and what it may use to get ready. */
export interface Site {
  /** Of this process. */
  readonly folder: string;
  /** Of all processes of the component. */
  readonly ports: readonly number[];
  /** Which of them this is, counted from 0. */
  readonly process: number;
  readonly wishes: Wishes;
  readonly lead: Lead | undefined;
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

/** What could not be had, and what to install for it. */
export type Missing = readonly { readonly name: ComponentName; readonly lacking: string }[];
