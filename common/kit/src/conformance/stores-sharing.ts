import assert from 'node:assert/strict';
import { createsTable, type Migration, type Stores } from '../sql';
import type { Checks } from './case';
import { same } from './same';
import type { StoresUnderTest } from './under-test';
import { countTogether, turns } from './stores-concurrency';
import { aThing, bare, counters, suiteMigrations, things } from './things';
import { inserts, load, look, nothing, outboxOf, upserts, Worker, write } from './transacting';

/** What several processes are to each other, who use one database. */
export const sharingChecks: Checks<StoresUnderTest> = {
  'what one process has committed the other one sees, also when the first has ended': async ({ stores, again }) => {
    const other = await again!(suiteMigrations);
    const session = await stores.database.open('one');
    await session.commit(1, inserts(things, aThing('a')), outboxOf(0, 'a'));
    same(await look(other, things, ['a']), [aThing('a')]);
    await stores.database.close();
    const third = await again!(suiteMigrations);
    for (const each of [other, third]) {
      same(await look(each, things, ['a']), [aThing('a')]);
      same(await each.outbox.unsent(session.producer, 10), outboxOf(0, 'a'));
      same(await each.outbox.all(), [{ producer: session.producer, instance: 'one' }]);
    }
    assert.ok((await third.database.open('one')).producer > session.producer);
  },

  'transactions of several processes lose no update': async ({ stores, again }) => {
    const other = await again!(suiteMigrations);
    await write(stores, inserts(counters, { id: 1, count: 0 }));
    const sessions = await Promise.all([stores, other].map(({ database }) => database.open('suite')));
    await countTogether(sessions, 50);
    same(await look(stores, counters, [1]), [{ id: 1, count: 100 }]);
  },

  'whatever is no part of a transaction is done while another process is in the middle of one': async ({
    stores,
    again,
  }) => {
    const other = await again!(suiteMigrations);
    const sent = await other.database.open('two');
    await sent.commit(1, nothing, outboxOf(0, 'a', 'b'));
    await write(stores, inserts(counters, { id: 1, count: 1 }));
    const session = await stores.database.open('one');
    await load(session, counters, [1]);
    same(await look(other, counters, [1]), [{ id: 1, count: 1 }]);
    const doing = Promise.all([
      other.database.open('two'),
      other.outbox.acknowledge(sent.producer, 1),
      other.sagaStore.keepDefinition({ id: 'S/v1', saga: 'S', steps: [], stateSchema: {} }),
      sent.wasCommitted(2),
    ]);
    await turns(stores); // where one process writes at a time, the others wait for this one without holding it up
    await session.commit(1, upserts(counters, { id: 1, count: 2 }), []);
    const [opened, , , committed] = await doing;
    assert.ok(opened.producer > session.producer);
    assert.equal(committed, false);
    same(await stores.outbox.unsent(sent.producer, 10), outboxOf(1, 'b'));
    assert.equal((await stores.sagaStore.definitions('S')).length, 1);
  },

  'an instance lock that one process holds is taken for the other one': async ({ stores, again }) => {
    const other = await again!(suiteMigrations);
    const instanceLock = await stores.instanceLocks.take('one', () => {});
    assert.ok(instanceLock);
    assert.equal(await other.instanceLocks.take('one', () => {}), undefined);
    const another = await other.instanceLocks.take('two', () => {});
    assert.ok(another);
    await instanceLock.leave();
    const taken = await other.instanceLocks.take('one', () => {});
    assert.ok(taken);
    assert.equal(await stores.instanceLocks.take('one', () => {}), undefined);
    await Promise.all([another.leave(), taken.leave()]);
  },

  'migrations are run once, in their order, also when several processes begin at once': async ({ stores, again }) => {
    const runs: string[] = [];
    const noted = (migration: Migration): Migration => ({
      ...migration,
      up: async (knex) => {
        runs.push(migration.name);
        await migration.up(knex);
      },
    });
    const later = [...suiteMigrations, plus('suite-006-a'), plus('suite-007-b')].map(noted);
    const opened = await Promise.all([again!(later), again!(later), again!(later)]);
    await again!(later);
    same(runs, ['suite-006-a', 'suite-007-b']);
    for (const each of [stores, ...opened]) {
      await write(each, inserts(counters, { id: opened.indexOf(each), count: 1 }));
      same(await rowsOf(each, 'suite_006_a'), []);
    }
  },

  'a migration that has failed is run again at the next start': async ({ stores, again }) => {
    const fails: Migration = {
      name: 'suite-006-a',
      up: async (knex) => {
        await plus('suite-006-a').up(knex);
        throw new Error('the disk is full');
      },
    };
    await assert.rejects(again!([...suiteMigrations, fails]), /the disk is full/);
    const other = await again!([...suiteMigrations, plus('suite-006-a')]);
    same(await rowsOf(other, 'suite_006_a'), []);
    await write(stores, inserts(counters, { id: 1, count: 1 }));
  },

  'a database that a newer program has migrated is left alone': async ({ stores, again }) => {
    const newer = await again!([...suiteMigrations, plus('suite-006-a')]);
    await assert.rejects(again!(suiteMigrations), /suite-006-a/);
    await assert.rejects(again!([...suiteMigrations, plus('suite-005-b')]), /suite-006-a/);
    await assert.rejects(rowsOf(newer, 'suite_005_b'));
    const worker = new Worker(await stores.database.open('suite'));
    await worker.transact(() => inserts(counters, { id: 1, count: 1 }));
    same(await look(newer, counters, [1]), [{ id: 1, count: 1 }]);
  },
};

export const lackOfSharing: Checks<StoresUnderTest> = {
  'one process has the database for itself': async ({ again }) => {
    assert.equal(again, undefined, 'it can be opened again: test what several processes are to each other');
  },
};

/** One more table, of the migration's name. */
const plus = (name: string): Migration => createsTable(name, { ...bare, name: name.replaceAll('-', '_') });

const rowsOf = (stores: Stores, tableName: string): Promise<unknown[]> =>
  stores.reader.query(async (knex) => knex(tableName).select());
