import { AMysql } from '../../../test/a-mysql';
import { given } from '../../../test/given';
import { DatabaseFault } from '../../runtime';
import { counters, suiteMigrations } from '../../conformance/things';
import { faultOf, inserts, load, look, nothing, outboxOf, upserts, write } from '../../conformance/transacting';
import { until } from '../../conformance/until';
import { lockName } from './mysql-locks';
import type { Stores } from '../stores';

/** Short, so that silence is noticed soon; long enough for a machine that is busy. */
const answerMs = 2_000;

given('MYSQL_URL')('when the network or the server fails,', () => {
  let mysql: AMysql;
  let stores: Stores;
  beforeEach(async () => {
    mysql = await AMysql.make();
    stores = await mysql.open(suiteMigrations, { answerMs });
    await write(stores, inserts(counters, { id: 1, count: 1 }));
  });
  afterEach(() => mysql.close());

  const threadOf = async (producer: number): Promise<number> => {
    const [[thread]] = await mysql.ask(`select is_used_lock('${lockName(mysql.database, 'producer', producer)}')`);
    return thread;
  };
  /** Somebody else has just added counter 5, and not committed it: whoever adds it too has to wait. */
  const holdUp = async (producer: number, committing: Promise<unknown>) => {
    const thread = await threadOf(producer);
    void committing.catch(() => {}); // it is looked at later
    await until('the commit is held up', async () => {
      const [[info]] = await mysql.ask(`select info from information_schema.processlist where id = ${thread}`);
      return info?.startsWith('insert into `suite_counters`') ?? false;
    });
    return thread;
  };
  const inTheWay = async () => {
    await mysql.ask('begin');
    await mysql.ask(`insert into ${mysql.database}.suite_counters values (5, 1)`);
  };

  test('to open a database is lost, and can be tried again, when its connection is while another process migrates', async () => {
    const lock = lockName(mysql.database, 'migrations', '');
    await mysql.ask(`select get_lock('${lock}', 0)`);
    const opening = mysql.open(suiteMigrations);
    void opening.catch(() => {}); // it is looked at later
    const waiting = async (): Promise<number | undefined> => {
      const [thread] = await mysql.ask(
        `select id from information_schema.processlist where info like 'select get_lock%${lock}%' and id <> connection_id()`,
      );
      return thread?.[0];
    };
    await until('it waits for the other process', async () => (await waiting()) !== undefined);
    await mysql.ask(`kill ${await waiting()}`);
    expect(await faultOf(opening)).toBe('lost');
    await mysql.ask(`select release_lock('${lock}')`);
    await mysql.open(suiteMigrations);
  });

  test('a commit whose connection is killed in the middle of it is lost, and was not done', async () => {
    const session = await stores.database.open('service');
    await inTheWay();
    const committing = session.commit(1, inserts(counters, { id: 4, count: 1 }, { id: 5, count: 1 }), outboxOf(0, 'a'));
    const thread = await holdUp(session.producer, committing);
    await mysql.ask(`kill ${thread}`);
    expect(await faultOf(committing)).toBe('lost');
    expect(await session.wasCommitted(1)).toBe(false);
    await mysql.ask('rollback');
    expect(await look(stores, counters, [4, 5])).toEqual([undefined, undefined]);
    expect(await stores.outbox.unsent(session.producer, 1)).toEqual([]);
    await session.commit(2, inserts(counters, { id: 5, count: 2 }), []);
    expect(await look(stores, counters, [5])).toEqual([{ id: 5, count: 2 }]);
  });

  test('a commit that is done, and whose answer never comes, is lost, and was done', async () => {
    const session = await stores.database.open('service');
    await session.load(nothing);
    void mysql.proxy.loseAnswerTo('commit');
    expect(await faultOf(session.commit(1, upserts(counters, { id: 1, count: 2 }), outboxOf(0, 'a')))).toBe('lost');
    expect(await session.wasCommitted(1)).toBe(true);
    expect(await session.wasCommitted(1)).toBe(true);
    expect(await stores.outbox.unsent(session.producer, 9)).toEqual(outboxOf(0, 'a'));
    expect(await load(session, counters, [1])).toEqual([{ id: 1, count: 2 }]);
  });

  test('a commit that is still under way when its answer is not waited for any more never comes about', async () => {
    const session = await stores.database.open('service');
    await inTheWay();
    const committing = session.commit(1, inserts(counters, { id: 4, count: 1 }, { id: 5, count: 1 }), outboxOf(0, 'a'));
    const thread = await holdUp(session.producer, committing);
    mysql.proxy.freeze();
    expect(await faultOf(committing)).toBe('lost');
    expect(await session.wasCommitted(1)).toBe(false);
    expect(await threadOf(session.producer)).not.toBe(thread);
    await mysql.ask('rollback'); // nobody is in its way now
    expect(await look(stores, counters, [4, 5])).toEqual([undefined, undefined]);
  });

  test('a transaction that was not committed stays so, also when the answer to that is lost', async () => {
    const session = await stores.database.open('service');
    await session.load(nothing);
    mysql.proxy.cut();
    expect(await faultOf(session.commit(1, upserts(counters, { id: 1, count: 2 }), []))).toBe('lost');
    void mysql.proxy.loseAnswerTo('insert into kit_commit_markers');
    expect(await faultOf(session.wasCommitted(1))).toBe('lost');
    expect(await session.wasCommitted(1)).toBe(false);
    expect(await look(stores, counters, [1])).toEqual([{ id: 1, count: 1 }]);
  });

  test('a load that is never answered is lost, and the session goes on without the rows that it had locked', async () => {
    const [session, other] = [await stores.database.open('service'), await stores.database.open('service')];
    await load(session, counters, [1]);
    mysql.proxy.freeze();
    expect(await faultOf(load(session, counters, [2]))).toBe('lost');
    await session.rollback();
    expect(await faultOf(load(other, counters, [1]))).toBe('lost');
    await other.rollback();
    expect(await load(other, counters, [1])).toEqual([{ id: 1, count: 1 }]);
    await session.commit(1, nothing, []);
    expect(await session.wasCommitted(1)).toBe(true);
  });

  test('rows that an instance has locked before it fell silent are free again after a while, and it goes on when it wakes', async () => {
    const session = await stores.database.open('silent');
    await load(session, counters, [1]);
    const other = await (await mysql.open(suiteMigrations)).database.open('other'); // it waits longer than the silent one may
    expect(await load(other, counters, [1])).toEqual([{ id: 1, count: 1 }]);
    await other.commit(1, upserts(counters, { id: 1, count: 2 }), []);
    expect(await faultOf(session.commit(1, upserts(counters, { id: 1, count: 9 }), []))).toBe('lost');
    expect(await session.wasCommitted(1)).toBe(false);
    expect(await load(session, counters, [1])).toEqual([{ id: 1, count: 2 }]);
  });

  test('a producer that has nothing to do keeps its connection', async () => {
    const session = await stores.database.open('service');
    const thread = await threadOf(session.producer);
    await session.commit(1, upserts(counters, { id: 1, count: 2 }), []);
    await load(session, counters, [1]);
    await session.rollback();
    const another = await stores.database.open('another');
    await load(another, counters, [1]);
    await until('the server has ended what was silent', async () => (await threadOf(another.producer)) === null);
    expect(await threadOf(session.producer)).toBe(thread);
  });

  test('what only looks, and what is written besides, is done on another connection', async () => {
    mysql.proxy.cut();
    expect(await look(stores, counters, [1])).toEqual([{ id: 1, count: 1 }]);
    mysql.proxy.freeze();
    expect(await look(stores, counters, [1])).toEqual([{ id: 1, count: 1 }]);
    mysql.proxy.freeze();
    expect(await stores.reader.query(async (knex) => knex('suite_counters').pluck('count'))).toEqual([1]);
    expect(await stores.outbox.all()).toHaveLength(1);
    expect((await stores.database.open('service')).producer).toBe(2);
  });

  test('an instance lock whose connection falls silent is lost, and can be taken again before the server has noticed', async () => {
    let lost = 0;
    expect(await stores.instanceLocks.take('one', () => lost++)).toBeDefined();
    const others = await mysql.open(suiteMigrations);
    mysql.proxy.freeze();
    await until('the instance lock is lost', () => lost === 1);
    expect(await others.instanceLocks.take('one', () => {})).toBeUndefined();
    const instanceLock = await stores.instanceLocks.take('one', () => lost++);
    expect(instanceLock).toBeDefined();
    await instanceLock!.leave();
    expect(lost).toBe(1);
  });

  test('everything says so while the server is away, and it can be closed', async () => {
    const session = await stores.database.open('service');
    await load(session, counters, [1]);
    await mysql.proxy.close();
    expect(await faultOf(session.commit(1, nothing, []))).toBe('lost');
    expect(await faultOf(session.wasCommitted(1))).toBe('lost');
    expect(await faultOf(session.rollback())).toBe('lost');
    expect(await faultOf(look(stores, counters, [1]))).toBe('lost');
    await expect(stores.instanceLocks.take('one', () => {})).rejects.toThrow(DatabaseFault);
    await expect(stores.outbox.all()).rejects.toThrow(/ECONNREFUSED/);
    expect(await faultOf(stores.reader.query(async (knex) => knex('kit_outbox_producers')))).toBe('lost');
    const wrong = new TypeError('no such field');
    await expect(stores.reader.query(() => Promise.reject(wrong))).rejects.toBe(wrong);
    await expect(mysql.open(suiteMigrations)).rejects.toThrow(/ECONNREFUSED/);
  });

  test('it can be closed while nothing is answered, and then nothing is left of it', async () => {
    const session = await stores.database.open('service');
    await load(session, counters, [1]);
    await stores.instanceLocks.take('one', () => {});
    mysql.proxy.freeze();
    const waiting = Promise.allSettled([
      look(stores, counters, [1]),
      load(session, counters, [2]),
      stores.outbox.acknowledge(1, 1),
    ]);
    await stores.database.close();
    for (const { status } of await waiting) expect(status).toBe('rejected');
    mysql.proxy.thaw();
    await until('no connection is left', () => mysql.proxy.connections === 0);
  });
});
