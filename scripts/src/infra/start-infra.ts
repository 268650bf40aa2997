import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { componentNames, type ComponentName } from './component';
import { components } from './components';
import { Infra, type Addresses, type InfraOptions, type Missing } from './infra';
import { root } from './root';

/** Components that live no longer than this process. `stop` and `start` of one keep its address and its data. */
export interface OwnInfra {
  readonly addresses: Addresses;
  readonly missing: Missing;
  readonly start: (...names: readonly ComponentName[]) => Promise<void>;
  readonly stop: (...names: readonly ComponentName[]) => Promise<void>;
  /** Ends them and removes their data. */
  readonly close: () => Promise<void>;
}

/**
 * Starts components on a folder of their own: for a test, also where the environment names others, unless `env` is given. A
 * watchdog ends them on `close`, and also when this process is gone without having called it, for whatever reason.
 */
export async function startInfra(
  options: Partial<InfraOptions> & { readonly names?: readonly ComponentName[] } = {},
): Promise<OwnInfra> {
  const { names = componentNames, env = withoutAddresses(), say = () => {}, ...rest } = options;
  const infra = new Infra(await mkdtemp(join(tmpdir(), 'saga-kit-infra-')), { env, say, ...rest });
  const close = watch(infra.folder); // before there is anything to end
  try {
    const missing = await infra.start(names);
    const restart = async (again: readonly ComponentName[]) => void (await infra.start(again));
    return {
      addresses: infra.addresses,
      missing,
      start: (...again) => restart(again),
      stop: (...some) => infra.stop(some),
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

/** The watchdog holds one end of a pipe; the other end closes with this process. It is of no terminal, hence Ctrl-C is not for it. */
function watch(folder: string): () => Promise<void> {
  const script = join(root, 'scripts', 'dist', 'infra', 'watchdog.js');
  if (!existsSync(script)) throw new Error(`${script} is missing: run "npm run build" first`);
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
