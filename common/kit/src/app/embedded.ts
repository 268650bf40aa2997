import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { z } from 'zod';
import { EmbeddedBroker, EmbeddedRegistry, LogFile } from '../embedded';
import { application, listen, operations, storyPath, type Route } from '../http';
import { openSqlite } from '../sql';
import { checkRouting } from './check-routing';
import { takeFolder } from './data-folder';
import { openService, type RunningService } from './open-service';
import type { ServiceLiteral } from './service-literal';
import { horizonsIn, type embeddedSettings } from './settings';
import { systemEnvironment } from './system-environment';
import { Teardown } from './teardown';

/** What a profile has started. */
export interface RunningSystem {
  readonly url: string;
  readonly services: readonly RunningService[];
  stop(): Promise<void>;
}

/** What this wiring promises, for the banner and for `/health/ready`. */
export const embeddedGuarantees = {
  profile: 'embedded',
  delivery: 'at least once on every hop, each effect once',
  ordering: 'by order within a topic',
  durability: 'every commit is on the disk of this machine before it is answered',
  scale: 'one process on one machine',
} as const;

interface EmbeddedOptions {
  readonly title?: string;
  readonly story?: string;
  readonly routes?: readonly Route[];
}

/**
 * All services in one process on one port, with SQLite files and an embedded broker in one folder. `title` is what the
 * description of their routes is called, `story` the path with `:txId` where the story of a process is told, `routes` what
 * is answered besides. Rejects, with nothing left running, when one of them cannot start.
 */
export async function startEmbedded(
  literals: readonly ServiceLiteral[],
  settings: z.output<typeof embeddedSettings>,
  fatal: (error: Error) => void,
  { title = 'Services', story = storyPath, routes: own = [] }: EmbeddedOptions = {},
): Promise<RunningSystem> {
  checkRouting(literals);
  const teardown = new Teardown();
  try {
    const { DATA_DIR: folder, LOG_LEVEL, HOST: host, PORT: port } = settings;
    const instanceLock = await takeFolder(folder);
    teardown.add(() => instanceLock.leave());
    const fresh = await isFresh(folder, settings.SAMPLE_DATA);
    const environment = systemEnvironment('embedded', LOG_LEVEL);
    const log = new LogFile(join(folder, 'broker.db'));
    const broker = new EmbeddedBroker(log, environment.clock);
    teardown.add(() => broker.close());
    const registry = new EmbeddedRegistry(log);
    const services: RunningService[] = [];
    for (const literal of literals) {
      const { name, migrations } = literal;
      const stores = await openSqlite({ file: join(folder, `${name}.db`), migrations });
      teardown.add(() => stores.database.close());
      const wiring = {
        stores,
        broker,
        registry,
        environment: systemEnvironment(name, LOG_LEVEL),
        registerSchemas: true,
        cloudEvents: settings.CLOUDEVENTS,
        horizons: horizonsIn(settings),
        fatal,
      };
      const service = await openService(literal, { instance: `${name}-1`, ...wiring });
      teardown.add(() => service.stop());
      services.push(service);
    }
    if (fresh) await loadSamples(services, folder);
    const routes = operations(
      { title, story },
      services,
      [...services.flatMap((service) => service.routes), ...own],
      embeddedGuarantees,
      settings.ADMIN_TOKEN,
    );
    const listening = await listen(application(routes, environment.log), { host, port });
    teardown.add(() => listening.close());
    return { url: listening.url, services, stop: () => teardown.run() };
  } catch (error) {
    await teardown.run().catch(() => {});
    throw error;
  }
}

const pendingFile = 'sample-data.pending';

/** Whether the folder is to be filled: there was no database in it, or the process ended while it was being filled. */
async function isFresh(folder: string, wanted: boolean): Promise<boolean> {
  const files = await readdir(folder);
  if (files.includes(pendingFile)) return true;
  if (files.some((file) => file.endsWith('.db')) || !wanted) return false;
  await writeFile(join(folder, pendingFile), '');
  return true;
}

async function loadSamples(services: readonly RunningService[], folder: string): Promise<void> {
  for (const service of services) await service.loadSampleData();
  await rm(join(folder, pendingFile));
}
