import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { answersNow } from './answers';
import { climb } from './climb';
import { componentNames, type ComponentName, type Lead, type Variable, type Wishes, type Missing } from './component';
import { components } from './components';
import { Compose } from './compose';
import { alone } from './lock';
import { findProgram, thisMachine, type Machine } from './machine';
import { chosenOf, partName, portsOf, processesThere, running, type Chosen, type PartName } from './parts';
import { end, signal, type ProcessId } from './processes';
import { State } from './state';
import { granted } from './wishes';

export interface InfraOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly say: (line: string) => void;
  /** What there is to run components with; found out when it is needed, unless a test knows better. */
  readonly machine?: Machine;
  readonly lead?: Lead;
}

export type Addresses = Readonly<Partial<Record<Variable, string>>>;

export interface Status {
  readonly name: PartName;
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
  start(
    parts: readonly PartName[] = componentNames,
    { signal, ...wished }: Wishes & { readonly signal?: AbortSignal } = {},
  ): Promise<Missing> {
    const { say, lead, machine = thisMachine(this.options.env) } = this.options;
    const { folder, state, compose } = this;
    const end = (begun: readonly PartName[]) => this.end(chosenOf(begun), false);
    const chosen = chosenOf(parts);
    return alone(
      folder,
      async () => {
        const wishes = granted(wished, chosen, { folder, state, env: this.env });
        return climb(chosen, { folder, state, compose, env: this.env, say, end, wishes, lead, signal }, await machine);
      },
      signal,
    );
  }

  /** Resolves when they are gone; `clean` removes their data too. Ports are kept for the next start. */
  stop(parts: readonly PartName[] = componentNames, { clean = false } = {}): Promise<void> {
    return alone(this.folder, () => this.end(chosenOf(parts), clean));
  }

  /** To processes that were started here. Resolves when those that are killed are gone. */
  async signal(parts: readonly PartName[], name: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): Promise<void> {
    const found = [...chosenOf(parts)].map(([component, only]) => this.processes(component, only));
    const still = found.flat().find(({ runs }) => !runs);
    if (still) throw new Error(`${still.part} is not a process that runs here`);
    await Promise.all(found.flat().map(({ runs }) => signal(runs!, name)));
  }

  /** Of what was started here, and of what the environment names. */
  get addresses(): Addresses {
    const found = componentNames.map((name) => [components[name].variable, this.whereIs(name).address]);
    return Object.fromEntries(found.filter(([, address]) => address !== undefined)) as Addresses;
  }

  async status(): Promise<Status[]> {
    return (await Promise.all(componentNames.map((name) => this.look(name)))).flat();
  }

  /** Where what was started here writes to: the files of processes, and the names of containers. */
  logs(parts: readonly PartName[]): {
    readonly files: readonly string[];
    readonly contained: readonly ComponentName[];
  } {
    const entries = this.state.read();
    const chosen = [...chosenOf(parts)];
    const files = chosen
      .filter(([name]) => entries[name]?.from === 'process')
      .flatMap(([name, only]) => this.processes(name, only))
      .map(({ part }) => join(this.folder, part, 'log'))
      .filter((file) => existsSync(file));
    const contained = chosen.map(([name]) => name).filter((name) => entries[name]?.from === 'docker');
    return { files, contained };
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

  private whereIs(name: ComponentName): Pick<Status, 'from' | 'address'> {
    const named = this.env[components[name].variable];
    if (named) return { from: 'address', address: named };
    const entry = this.state.read()[name];
    const isUp = entry?.runs === true || running(entry).some(Boolean);
    if (!entry || !isUp) return { from: 'stopped' };
    return { from: entry.from, address: components[name].addressOf(entry.ports) };
  }

  private async look(name: ComponentName): Promise<Status[]> {
    const component = components[name];
    const { from, address } = this.whereIs(name);
    if (from === 'address' || from === 'docker')
      return [{ name, from, address: address!, answers: await answersNow(component, address!) }];
    const { ports = [] } = this.state.read()[name] ?? {};
    const one = async ({ part, process, count, runs }: Known): Promise<Status> => {
      if (!runs) return { name: part, from: 'stopped', answers: false };
      const own = component.addressOf(portsOf(component, process, ports));
      const answers = await answersNow(component, own, count === 1 ? undefined : process);
      return { name: part, from: 'process', address: own, pid: runs.pid, answers };
    };
    return Promise.all(this.processes(name).map(one));
  }

  /** What is known of a component's processes, running or not. */
  private processes(name: ComponentName, only?: readonly number[]): readonly Known[] {
    const entry = this.state.read()[name];
    const count = processesThere(this.folder, name, entry) ?? 1;
    const all = Array.from({ length: count }, (_, process) => process);
    const stranger = only?.find((process) => process >= count);
    if (stranger !== undefined) throw new Error(`there is no ${name}-${stranger + 1} here, of ${count}`);
    return (only ?? all).map((process) => ({
      part: partName(name, process, count),
      process,
      count,
      runs: running(entry)[process] ?? undefined,
    }));
  }

  private async end(chosen: Chosen, clean: boolean): Promise<void> {
    const entries = this.state.read();
    const known = [...chosen.keys()].filter((name) => entries[name]);
    const contained = known.filter((name) => entries[name]!.from === 'docker');
    const endOne = async ({ part, runs }: Known) => {
      if (runs) await end(runs, { kill: clean });
      if (clean) await rm(join(this.folder, part), { recursive: true, force: true });
    };
    const processes = known.flatMap((name) => this.processes(name, chosen.get(name)));
    await Promise.all([...processes.map(endOne), contained.length > 0 && this.compose.stop(contained, clean)]);
    for (const name of known) {
      const left = running(entries[name]);
      this.state.put(name, { ...entries[name]!, runs: left.some(Boolean) ? left : false });
    }
  }
}

interface Known {
  readonly part: PartName;
  readonly process: number;
  readonly count: number;
  readonly runs: ProcessId | undefined;
}
