import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { componentNames, type ComponentName, type Missing, type Wishes } from './component';
import { components } from './components';
import { Infra, type Addresses, type InfraOptions } from './infra';
import type { PartName } from './parts';

/** Components that live no longer than this process. All that is started again keeps its address and its data. */
export interface OwnInfra {
  readonly folder: string;
  readonly addresses: Addresses;
  readonly missing: Missing;
  /** What does not run; resolves when it answers. */
  readonly start: (...parts: readonly PartName[]) => Promise<void>;
  /** Asks them to end, and resolves when they have. */
  readonly stop: (...parts: readonly PartName[]) => Promise<void>;
  /** With -9; resolves when they are gone. */
  readonly kill: (...parts: readonly PartName[]) => Promise<void>;
  /** They do nothing any more, and their connections stay, until they are thawed. */
  readonly freeze: (...parts: readonly PartName[]) => Promise<void>;
  readonly thaw: (...parts: readonly PartName[]) => Promise<void>;
  /** Ends them and removes their data. */
  readonly close: () => Promise<void>;
}

/**
 * Starts components on a folder of their own: for a test, also where the environment names others, unless `env` is given. A
 * watchdog ends them on `close`, and also when this process is gone without having called it, for whatever reason.
 */
export async function startInfra(
  options: Partial<InfraOptions> & Wishes & { readonly names?: readonly ComponentName[] } = {},
): Promise<OwnInfra> {
  const { names = componentNames, brokers, database, env = withoutAddresses(), say = () => {}, ...rest } = options;
  const infra = new Infra(await mkdtemp(join(tmpdir(), 'saga-kit-infra-')), { env, say, ...rest });
  const close = watch(infra.folder); // before there is anything to end
  try {
    const missing = await infra.start(names, { brokers, database });
    return {
      folder: infra.folder,
      addresses: infra.addresses,
      missing,
      start: async (...parts) => void (await infra.start(parts)),
      stop: (...parts) => infra.stop(parts),
      kill: (...parts) => infra.signal(parts, 'SIGKILL'),
      freeze: (...parts) => infra.signal(parts, 'SIGSTOP'),
      thaw: (...parts) => infra.signal(parts, 'SIGCONT'),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function withoutAddresses(): NodeJS.ProcessEnv {
  const variables: readonly string[] = Object.values(components).map(({ variable }) => variable);
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !variables.includes(name)));
}

/**
 * The watchdog holds one end of a pipe; the other end closes with this process. It is of no terminal, hence Ctrl-C is
 * not for it.
 */
function watch(folder: string): () => Promise<void> {
  const script = join(__dirname, '..', '..', 'dist', 'infra', 'watchdog.js'); // compiled, also for a test
  if (!existsSync(script)) throw new Error(`${script} is missing: compile it first`);
  const dog = spawn(process.execPath, [script, folder], { detached: true, stdio: ['pipe', 'ignore', 'inherit'] });
  const gone = once(dog, 'exit');
  dog.unref();
  return async () => {
    dog.ref();
    dog.stdin.end();
    const [code] = (await gone) as [number | null];
    if (code !== 0) throw new Error(`what was started in ${folder} has not been ended`);
  };
}
