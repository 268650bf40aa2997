import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { answersNow } from './answers';
import { climb } from './climb';
import { componentNames, type ComponentName, type Variable } from './component';
import { components } from './components';
import { Compose } from './compose';
import { alone } from './lock';
import { findProgram, thisMachine, type Machine } from './machine';
import { end, isRunning } from './processes';
import { State } from './state';

export interface InfraOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly say: (line: string) => void;
  /** What there is to run components with; found out when it is needed, unless a test knows better. */
  readonly machine?: Machine;
}

export type Addresses = Readonly<Partial<Record<Variable, string>>>;

/** What could not be had, and what to install for it. */
export type Missing = readonly { readonly name: ComponentName; readonly lacking: string }[];

export interface Status {
  readonly name: ComponentName;
  readonly from: 'address' | 'docker' | 'process' | 'stopped';
  readonly address?: string;
  readonly pid?: number;
  readonly answers: boolean;
}

/** The components whose data, logs and ports belong to one folder. Calls take turns, those of other processes too. */
export class Infra {
  private readonly state: State;

  constructor(
    readonly folder: string,
    private readonly options: InfraOptions,
  ) {
    this.state = new State(folder);
  }

  /** Resolves when all that can be had answer. When one fails, or `signal` aborts, ends what it has begun and rejects. */
  start(names: readonly ComponentName[] = componentNames, signal?: AbortSignal): Promise<Missing> {
    const { say, machine = thisMachine(this.options.env) } = this.options;
    const { folder, state, compose } = this;
    const end = (begun: readonly ComponentName[]) => this.end(begun, false);
    return alone(
      folder,
      async () => climb(names, { folder, state, compose, env: this.env, say, end, signal }, await machine),
      signal,
    );
  }

  /** Resolves when they are gone; `clean` removes their data too. Ports are kept for the next start. */
  stop(names: readonly ComponentName[] = componentNames, { clean = false } = {}): Promise<void> {
    return alone(this.folder, () => this.end(names, clean));
  }

  /** Of what was started here, and of what the environment names. */
  get addresses(): Addresses {
    const found = componentNames.map((name) => [components[name].variable, this.whereIs(name).address]);
    return Object.fromEntries(found.filter(([, address]) => address !== undefined)) as Addresses;
  }

  status(): Promise<Status[]> {
    const look = async (name: ComponentName) => {
      const it = this.whereIs(name);
      return { name, ...it, answers: it.address !== undefined && (await answersNow(components[name], it.address)) };
    };
    return Promise.all(componentNames.map(look));
  }

  /** Where what was started here writes to: the files of processes, and the names of containers. */
  logs(names: readonly ComponentName[]): {
    readonly files: readonly string[];
    readonly contained: readonly ComponentName[];
  } {
    const entries = this.state.read();
    const from = (where: string) => names.filter((name) => entries[name]?.from === where);
    const files = from('process').map((name) => join(this.folder, name, 'log'));
    return { files: files.filter((file) => existsSync(file)), contained: from('docker') };
  }

  get compose(): Compose {
    return new Compose(this.folder, findProgram('docker', this.options.env) ?? 'docker');
  }

  /** Without the addresses that are ours: whoever has exported them can still start, stop and see what they are of. */
  private get env(): NodeJS.ProcessEnv {
    const entries = this.state.read();
    const own = componentNames.flatMap((name) => {
      const { variable, addressOf } = components[name];
      const entry = entries[name];
      return entry && this.options.env[variable] === addressOf(entry.ports) ? [variable] : [];
    });
    return Object.fromEntries(Object.entries(this.options.env).filter(([name]) => !own.some((each) => each === name)));
  }

  private whereIs(name: ComponentName): Omit<Status, 'name' | 'answers'> {
    const named = this.env[components[name].variable];
    if (named) return { from: 'address', address: named };
    const entry = this.state.read()[name];
    if (!entry || entry.runs === false) return { from: 'stopped' };
    const address = components[name].addressOf(entry.ports);
    if (entry.runs === true) return { from: 'docker', address };
    return isRunning(entry.runs) ? { from: 'process', address, pid: entry.runs.pid } : { from: 'stopped' };
  }

  private async end(names: readonly ComponentName[], clean: boolean): Promise<void> {
    const entries = this.state.read();
    const known = names.filter((name) => entries[name]);
    const contained = known.filter((name) => entries[name]!.from === 'docker');
    const endOne = async (name: ComponentName) => {
      const { runs } = entries[name]!;
      if (typeof runs === 'object') await end(runs);
      if (clean) await rm(join(this.folder, name), { recursive: true, force: true });
    };
    await Promise.all([...known.map(endOne), contained.length > 0 && this.compose.stop(contained, clean)]);
    for (const name of known) this.state.put(name, { ...entries[name]!, runs: false });
  }
}
