import { createRequire } from 'node:module';
import type * as Kafka from '../kafka';
import type * as Mysql from '../sql/mysql';

const load = createRequire(__filename);

/** Kafka and the registry's client: only who runs on them has to have them installed. Throws where they are missing. */
export const kafkaAdapters = (): typeof Kafka =>
  needed('../kafka', 'Kafka and a schema registry', 'kafkajs @kafkajs/confluent-schema-registry kafkajs-snappy lz4js');

/** Likewise MySQL. */
export const mysqlAdapters = (): typeof Mysql => needed('../sql/mysql', 'MySQL', 'mysql2');

function needed<Module>(path: string, what: string, packages: string): Module {
  try {
    return load(path) as Module;
  } catch (error) {
    const missing = missingPackage(error);
    if (missing === undefined || !packages.split(' ').includes(missing)) throw error;
    throw new Error(`${what}: the package "${missing}" is not installed. Run: npm install ${packages}`, {
      cause: error,
    });
  }
}

function missingPackage(error: unknown): string | undefined {
  if (!(error instanceof Error) || (error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') return undefined;
  return /^Cannot find module '([^']+)'/.exec(error.message)?.[1];
}
