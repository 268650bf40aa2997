import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startInfra } from '@saga-kit/cli/internal/infra/start-infra';
import { freePort } from '../crash-trial';
import { EmbeddedSystem } from '../embedded-system';
import { KafkaSystem } from '../kafka-system';
import { placeAll, plan, settled } from '../orders';
import { randomFrom } from '../random';
import { orderSystem } from '../system';
import { copyMonthOld, countRows, type Rows } from './copies';
import { mysqlDatabases, sqliteDatabases, type Databases } from './databases';
import { OrderLoad, type Latency } from './order-load';
import { purgedInTurn } from './purging';

export interface PurgeTrial {
  readonly on: 'mysql' | 'sqlite';
  readonly sagas: number;
  readonly perSecond: number;
  readonly phaseSeconds: number;
  readonly say: (line: string) => void;
}

export interface PurgeReport {
  readonly on: string;
  readonly copyingMs: number;
  /** Of all services, from before the horizon. */
  readonly old: Rows;
  readonly purgingMs: number;
  readonly sagasPerSecond: number;
  readonly rowsPerSecond: number;
  /** Orders that were placed while something was purged, and in between. */
  readonly latency: Readonly<Record<string, Latency>>;
  readonly megabytes: {
    readonly beforeCopies: number;
    readonly before: number;
    readonly after: number;
    readonly freeAfter: number;
    readonly compacted: number;
  };
  readonly faults: readonly string[];
}

interface Tried {
  readonly url: string;
  readonly died: string | undefined;
  start(): Promise<unknown>;
  stop(): Promise<void>;
}

const templates = 100;
const horizonDays = 22;
const dayMs = 86_400_000;
const bytesPerMb = 1_000_000;
const { services } = orderSystem();
const days = { RETENTION_INBOX_DAYS: `${horizonDays}`, RETENTION_SAGAS_DAYS: `${horizonDays}` };

/** Purges while orders go on, and measures it. */
export const purgeTrial = (trial: PurgeTrial): Promise<PurgeReport> =>
  trial.on === 'mysql' ? onMysql(trial) : onSqlite(trial);

async function onSqlite(trial: PurgeTrial): Promise<PurgeReport> {
  const folder = await mkdtemp(join(tmpdir(), 'saga-kit-purge-'));
  const system = new EmbeddedSystem(folder, await freePort(), { args: orderSystem().args, env: days });
  try {
    return await measured(trial, system, async () => sqliteDatabases(folder, services));
  } finally {
    await system.stop();
    await rm(folder, { recursive: true });
  }
}

async function onMysql(trial: PurgeTrial): Promise<PurgeReport> {
  const { addresses, missing, close } = await startInfra({ say: trial.say });
  const prefix = 'purge_';
  const system = new KafkaSystem({ addresses: { ...addresses, ...days }, prefix, instances: 1 });
  try {
    if (missing.length > 0) throw new Error(missing.map(({ name, lacking }) => `${name}: ${lacking}`).join('\n'));
    return await measured(trial, system, () => mysqlDatabases(addresses.MYSQL_URL!, prefix, services));
  } finally {
    await system.stop();
    await close();
  }
}

async function measured(trial: PurgeTrial, system: Tried, open: () => Promise<Databases>): Promise<PurgeReport> {
  await system.start();
  const { faults } = await placeAll(
    () => system.url,
    plan(templates, randomFrom(1), 'template'),
    10,
    () => {},
  );
  await settled(system.url);
  await system.stop(); // rows are copied where nobody else writes
  let databases = await open();
  const beforeCopies = await databases.bytes();
  const copyingMs = await filled(trial, databases);
  const old = await countRows(databases, services, horizonDays * dayMs);
  const all = await countRows(databases, services);
  await databases.close();
  await system.start();
  databases = await open();
  const before = await databases.bytes();
  const load = new OrderLoad(system.url, trial.perSecond);
  const purgingMs = await purgedInTurn(trial, system.url, load);
  const latency = await load.end();
  const left = await countRows(databases, services, horizonDays * dayMs);
  const there = await countRows(databases, services);
  const [after, freeAfter] = [await databases.bytes(), await databases.freeBytes()];
  const died = system.died ? [system.died] : [];
  await system.stop();
  await databases.compact();
  const compacted = await databases.bytes();
  await databases.close();
  return {
    on: trial.on,
    copyingMs,
    old,
    purgingMs,
    sagasPerSecond: perSecond(old.kit_sagas, purgingMs),
    rowsPerSecond: perSecond(old.kit_sagas + old.kit_history + old.kit_inbox, purgingMs),
    latency,
    megabytes: inMegabytes({ beforeCopies, before, after, freeAfter, compacted }),
    faults: [...faults, ...load.faults, ...died, ...faultsIn(left, there, all, old)],
  };
}

async function filled({ sagas, say }: PurgeTrial, databases: Databases): Promise<number> {
  const beganMs = performance.now();
  const copies = Math.ceil(sagas / templates);
  await copyMonthOld(databases, services, copies, (count) => {
    if (count % Math.ceil(copies / 10) === 0) say(`${count * templates} of ${sagas} sagas are copied`);
  });
  return Math.round(performance.now() - beganMs);
}

const perSecond = (count: number, ms: number): number => Math.round((count * 1_000) / ms);

const inMegabytes = (bytes: PurgeReport['megabytes']): PurgeReport['megabytes'] => ({
  beforeCopies: Math.round(bytes.beforeCopies / bytesPerMb),
  before: Math.round(bytes.before / bytesPerMb),
  after: Math.round(bytes.after / bytesPerMb),
  freeAfter: Math.round(bytes.freeAfter / bytesPerMb),
  compacted: Math.round(bytes.compacted / bytesPerMb),
});

function faultsIn(left: Rows, there: Rows, all: Rows, old: Rows): string[] {
  return (['kit_sagas', 'kit_history', 'kit_inbox'] as const).flatMap((table) => {
    const young = all[table] - old[table];
    return [
      ...(left[table] > 0 ? [`${left[table]} old rows are left in ${table}`] : []),
      ...(there[table] < young ? [`of ${young} young rows in ${table}, only ${there[table]} are there`] : []),
    ];
  });
}
