import { createRequire } from 'node:module';
import type * as Kafka from '../kafka';
import type * as Platformatic from '../kafka/platformatic';
import type * as Mysql from '../sql/mysql';

const load = createRequire(__filename);

/** Kafka and the registry's client: only who runs on them has to have them installed. Throws where they are missing. */
export const kafkaAdapters = (): typeof Kafka =>
  needed('../kafka', 'Kafka and a schema registry', 'kafkajs @kafkajs/confluent-schema-registry kafkajs-snappy lz4js');

/** Likewise MySQL. */
export const mysqlAdapters = (): typeof Mysql => needed('../sql/mysql', 'MySQL', 'mysql2');

/** Another client of Kafka, for who chooses it; an ES module. */
export async function platformaticAdapters(): Promise<
  typeof Platformatic & { readonly library: Platformatic.Library }
> {
  try {
    return { ...(load('../kafka/platformatic') as typeof Platformatic), library: await import('@platformatic/kafka') };
  } catch (error) {
    throw named(error, 'KAFKA_CLIENT=platformatic', '@platformatic/kafka');
  }
}

function needed<Module>(path: string, what: string, packages: string): Module {
  try {
    return load(path) as Module;
  } catch (error) {
    throw named(error, what, packages);
  }
}

/** Where a package is missing, the error says which, and how to install it. */
function named(error: unknown, what: string, packages: string): unknown {
  const missing = missingPackage(error);
  if (missing === undefined || !packages.split(' ').includes(missing)) return error;
  return new Error(`${what}: the package "${missing}" is not installed. Run: npm install ${packages}`, {
    cause: error,
  });
}

function missingPackage(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if (!/^(ERR_)?MODULE_NOT_FOUND$/.test((error as NodeJS.ErrnoException).code ?? '')) return undefined;
  return /^Cannot find (?:module|package) '([^']+)'/.exec(error.message)?.[1];
}
