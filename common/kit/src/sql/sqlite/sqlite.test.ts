import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { bare } from '../../conformance/things';
import { caseMs, storesCases, type StoresFeatures, type StoresUnderTest } from '../../conformance';
import { createsTable, type Migration } from '../migrations';
import { openSqlite } from './sqlite';
import type { Stores } from '../stores';

const inFile: StoresFeatures = {
  shared: 'yes',
  rowLocks: { no: 'SQLite has one lock for all that write' },
  connections: { no: 'a file is no network' },
  trailingSpaces: 'yes',
};
const inMemory: StoresFeatures = { ...inFile, shared: { no: 'memory belongs to its process' } };

describe('SQLite in a file', () => {
  for (const { name, run } of storesCases(openInFile, inFile)) test(name, run, caseMs);
});

describe('SQLite in memory', () => {
  for (const { name, run } of storesCases(openInMemory, inMemory)) test(name, run, caseMs);
});

async function openInFile(migrations: readonly Migration[]): Promise<StoresUnderTest> {
  const folder = await mkdtemp(join(tmpdir(), 'saga-kit-'));
  const opened: Stores[] = [];
  const again = async (others: readonly Migration[]) => {
    const stores = await openSqlite({ file: join(folder, 'service.db'), migrations: others });
    opened.push(stores);
    return stores;
  };
  const close = async () => {
    for (const { database } of opened) await database.close();
    await rm(folder, { recursive: true });
  };
  return { stores: await again(migrations), again, close };
}

async function openInMemory(migrations: readonly Migration[]): Promise<StoresUnderTest> {
  const stores = await openSqlite({ file: ':memory:', migrations });
  return { stores, close: () => stores.database.close() };
}

describe('a SQLite file', () => {
  let folder: string;
  const path = () => join(folder, 'service.db');
  const open = (...migrations: readonly Migration[]) => openSqlite({ file: path(), migrations });
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'saga-kit-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  test('that is new is opened by several at once, and made by one', async () => {
    const made = createsTable('service-001', bare);
    const opened = await Promise.all([open(made), open(made), open(made), open(made)]);
    for (const [index, { database }] of opened.entries())
      expect((await database.open(`service-${index}`)).producer).toBe(index + 1);
    for (const { database } of opened) await database.close();
  });

  test('that another process has locked is opened when that one is done with it', async () => {
    const other = new BetterSqlite3(path());
    other.exec('begin exclusive');
    let isOpen = false;
    const opening = open().finally(() => (isOpen = true));
    await turns();
    expect(isOpen).toBe(false);
    other.exec('commit');
    other.close();
    await (await opening).database.close();
  });

  test('that another process is writing to is migrated when that one is done', async () => {
    await (await open()).database.close();
    const other = new BetterSqlite3(path());
    other.exec('begin immediate');
    const opening = open(createsTable('service-001', bare));
    await turns();
    other.exec('commit');
    other.close();
    const stores = await opening;
    expect(await stores.reader.query(async (knex) => knex('rows').select())).toEqual([]);
    await stores.database.close();
  });

  test('that another process begins to write to while it is migrated is tried again', async () => {
    await (await open()).database.close();
    const other = new BetterSqlite3(path());
    let isLocked = false;
    const { name, up } = createsTable('service-001', bare);
    const opening = open({
      name,
      get up() {
        if (!isLocked) other.exec('begin immediate'); // what is asked for just before the migrations take their own lock
        isLocked = true;
        return up;
      },
    });
    while (!isLocked) await turns();
    await turns();
    other.exec('commit');
    other.close();
    const stores = await opening;
    expect(await stores.reader.query(async (knex) => knex('rows').select())).toEqual([]);
    await stores.database.close();
  });

  test('that another process is writing to makes a transaction a conflict, and the next try succeeds', async () => {
    const stores = await open();
    const session = await stores.database.open('service-1');
    const other = new BetterSqlite3(path());
    other.exec('begin immediate');
    await expect(session.load(new Map())).rejects.toMatchObject({ name: 'DatabaseFault', kind: 'conflict' });
    await session.rollback();
    other.exec('commit');
    other.close();
    await session.load(new Map());
    await session.commit(1, new Map(), []);
    expect(await session.wasCommitted(1)).toBe(true);
    await stores.database.close();
  });

  test('is not held on to by a program that it is too new for', async () => {
    const newer = await open(createsTable('service-002', bare));
    await newer.database.close();
    await expect(open()).rejects.toThrow(
      'the database was migrated by a newer program (service-002): run that one, or restore an older copy',
    );
    const files = await readdir(folder);
    expect(files.filter((file) => !file.endsWith('.lock'))).toEqual(['service.db']); // the last one to close it removes its log
  });

  test('that cannot be read makes a query a lost one; what the query itself throws is thrown', async () => {
    const { database, reader } = await open();
    const failed = Object.assign(new Error('disk I/O error'), { code: 'SQLITE_IOERR_READ' });
    const looking = reader.query(() => Promise.reject(failed));
    await expect(looking).rejects.toMatchObject({ name: 'DatabaseFault', kind: 'lost', cause: failed });
    const wrong = new TypeError('no such field');
    await expect(reader.query(() => Promise.reject(wrong))).rejects.toBe(wrong);
    await database.close();
  });

  test('does not wait for ever for a transaction that was rolled back before its turn came', async () => {
    const { database } = await open();
    const [one, other] = [await database.open('service-1'), await database.open('service-1')];
    await one.load(new Map());
    const waiting = expect(other.load(new Map())).rejects.toMatchObject({ name: 'DatabaseFault', kind: 'lost' });
    await other.rollback();
    await one.rollback();
    await waiting;
    await one.load(new Map());
    await one.rollback();
    await database.close();
  });

  test('is not written to by those who only read', async () => {
    const stores = await open();
    const writing = stores.reader.query(async (knex) => knex('kit_outbox_producers').insert({ instance: 'service-1' }));
    await expect(writing).rejects.toMatchObject({ name: 'DatabaseFault', kind: 'refused' });
    expect(await stores.outbox.all()).toEqual([]);
    await stores.database.close();
  });
});

async function turns(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise<void>((over) => void setImmediate(over));
}
