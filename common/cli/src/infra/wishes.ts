import type { ComponentName, Wishes } from './component';
import { components } from './components';
import { databaseThere } from './mysql';
import { processesThere, type Chosen } from './parts';
import type { State } from './state';

export interface Place {
  readonly folder: string;
  readonly state: State;
  readonly env: NodeJS.ProcessEnv;
}

/**
 * What is to be started: what has its data in the folder, or else what is wished for. Throws where both differ, since data of
 * three brokers are of no use to one, and those of MariaDB are of none to MySQL; and where a wish would change nothing.
 */
export function granted(wished: Wishes, chosen: Chosen, { folder, state, env }: Place): Wishes {
  const entries = state.read();
  const brokers = processesThere(folder, 'kafka', entries.kafka);
  const database = entries.mysql?.from === 'process' ? databaseThere(folder) : undefined;
  const check = (name: ComponentName, wish: keyof Wishes, there: string | number | undefined) => {
    const wanted = wished[wish];
    if (wanted === undefined || !chosen.has(name)) return;
    const { variable, notInDocker } = components[name];
    const clean = `"npx saga-kit infra stop --component ${name} --clean"`;
    if (env[variable]) throw new Error(`--${wish} is for what is started here, and ${variable} is set: unset it first`);
    const isContained = entries[name]?.runs === true ? notInDocker(wished) : undefined;
    if (isContained) throw new Error(`${name} runs in a container, and ${isContained}: end that first, with ${clean}`);
    if (there !== undefined && there !== wanted)
      throw new Error(
        `--${wish} ${wanted}: the data that are here were made with --${wish} ${there}. Leave it out to go on with them, or remove them first, with ${clean}`,
      );
  };
  check('kafka', 'brokers', brokers);
  check('mysql', 'database', database);
  return { brokers: brokers ?? wished.brokers, database: database ?? wished.database };
}
