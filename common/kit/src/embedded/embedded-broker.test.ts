import { copyFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { systemClock } from '../app/system-environment';
import type { ConsumerRecord, Subscription } from '../runtime';
import { brokerCases, caseMs, type BrokerFeatures, type BrokerUnderTest } from '../conformance';
import { ManualClock } from '../testing';
import { EmbeddedBroker } from './embedded-broker';
import { LogFile } from './log-file';

const inFile: BrokerFeatures = { durable: 'yes', sharing: { no: 'there is one process, so a group has one member' } };
const inMemory: BrokerFeatures = { ...inFile, durable: { no: 'memory ends with its process' } };

describe('the embedded broker on a file', () => {
  for (const { name, run } of brokerCases(openOnFile, inFile)) test(name, run, caseMs);
});

describe('the embedded broker in memory', () => {
  for (const { name, run } of brokerCases(openInMemory, inMemory)) test(name, run, caseMs);
});

let topics = 0;
const topic = async () => `topic-${++topics}`;

async function openOnFile(): Promise<BrokerUnderTest> {
  const folder = await mkdtemp(join(tmpdir(), 'saga-kit-'));
  const brokers: EmbeddedBroker[] = [];
  const openAt = (name: string) => {
    const broker = new EmbeddedBroker(new LogFile(join(folder, name), 5), systemClock);
    brokers.push(broker);
    return broker;
  };
  return {
    broker: openAt('killed.db'),
    topic,
    partitions: 5,
    // What is in the files is what a process that is killed leaves behind; one that is closed could still add to it.
    restart: async () => {
      for (const part of ['', '-wal']) copyFileSync(join(folder, `killed.db${part}`), join(folder, `again.db${part}`));
      return openAt('again.db');
    },
    close: async () => {
      for (const broker of brokers) await broker.close();
      await rm(folder, { recursive: true });
    },
  };
}

async function openInMemory(): Promise<BrokerUnderTest> {
  const log = new LogFile(':memory:');
  const broker = new EmbeddedBroker(log, systemClock);
  return { broker, topic, partitions: log.partitions, close: () => broker.close() };
}

describe('the log of the embedded broker is trimmed', () => {
  test('below the commits of all groups, and no further', async () => {
    const { log, broker, join, put, trim } = aLog();
    put(6);
    const [fast, slow] = [await join('fast'), await join('slow')];
    await fast.commit(5);
    await slow.commit(2);
    trim();
    expect(left(log)).toEqual([2, 3, 4, 5]);
    await slow.commit(3);
    trim();
    expect(left(log)).toEqual([3, 4, 5]);
    await broker.close();
  });

  test('and keeps what a group has not seen that is not here, or has not committed yet', async () => {
    const { log, broker, join, put, trim } = aLog();
    put(4);
    const [here, gone, silent] = [await join('here'), await join('gone'), await join('silent')];
    await gone.commit(1);
    await gone.close();
    await here.commit(4);
    trim();
    expect(left(log)).toEqual([0, 1, 2, 3]);
    await silent.commit(3);
    await silent.close();
    trim();
    expect(left(log)).toEqual([1, 2, 3]);
    await broker.close();
  });

  test('partition by partition', async () => {
    const log = new LogFile(':memory:', 8);
    const clock = new ManualClock();
    const broker = new EmbeddedBroker(log, clock);
    await broker.publish([...'abcdefgh'].map((key) => ({ topic: 'topic', key, value: Buffer.from(key) })));
    const subscription = await broker.subscribe({
      group: 'group',
      topics: ['topic'],
      receive: () => {},
      reassigned: () => {},
    });
    const [some, ...others] = (await broker.ends(['topic'])).filter(({ offset }) => offset > 0n);
    expect(others.length).toBeGreaterThan(0);
    await subscription.commit([some!]);
    clock.step();
    expect(log.read('topic', some!.partition, 0, 10)).toEqual([]);
    for (const { partition, offset } of others)
      expect(log.read('topic', partition, 0, 10)).toHaveLength(Number(offset));
    await broker.close();
  });

  test('to nothing, and goes on behind it when it is opened again', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'saga-kit-'));
    const first = aLog(join(folder, 'log.db'));
    first.put(7);
    await (await first.join('group')).commit(7);
    first.trim();
    expect(left(first.log)).toEqual([]);
    await first.broker.close();
    const second = aLog(join(folder, 'log.db'));
    expect(await second.broker.ends(['topic'])).toEqual([{ topic: 'topic', partition: 0, offset: 7n }]);
    const late = await second.join('a late group');
    second.put(1);
    const { received } = await second.join('group');
    await settled(second.broker);
    expect(received.map(({ offset }) => offset)).toEqual([7n]);
    expect(late.received.map(({ offset }) => offset)).toEqual([7n]);
    await second.broker.close();
    await rm(folder, { recursive: true });
  });

  test('and a group that comes too late for some of it begins with the rest, and comes to rest', async () => {
    const { broker, join, put, trim } = aLog();
    put(3);
    await (await join('early')).commit(3);
    trim();
    const late = await join('late');
    await settled(broker);
    expect(late.received).toEqual([]);
    expect(await broker.committed('late', ['topic'])).toEqual(await broker.ends(['topic']));
    put(1);
    await settled(broker);
    expect(late.received.map(({ offset }) => offset)).toEqual([3n]);
    await broker.close();
  });
});

test('a subscription that is closed twice does not close the one that came after it', async () => {
  const { broker, join, put } = aLog();
  const first = await join('group');
  await first.close();
  const second = await join('group');
  await settled(broker);
  await first.close();
  put(1);
  await settled(broker);
  expect(second.received).toHaveLength(1);
  await broker.close();
});

describe('a log that another process is in the way of', () => {
  let folder: string;
  let other: BetterSqlite3.Database;
  let the: ReturnType<typeof aLog>;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'saga-kit-'));
    the = aLog(join(folder, 'log.db'));
    other = new BetterSqlite3(join(folder, 'log.db'));
  });
  afterEach(async () => {
    other.close();
    await the.broker.close();
    await rm(folder, { recursive: true });
  });

  test('is trimmed when that one is done, and is not well until then', async () => {
    const member = await the.join('group');
    the.put(3);
    await settled(the.broker);
    await member.commit(3);
    other.exec('begin immediate');
    the.trim();
    expect([left(the.log), member.healthy()]).toEqual([[0, 1, 2], false]);
    await expect(member.commit(3)).rejects.toMatchObject({ code: 'SQLITE_BUSY' });
    other.exec('commit');
    the.trim();
    expect([left(the.log), member.healthy()]).toEqual([[], true]);
  });

  test('is read when it can be read again, and is not well until then', async () => {
    const member = await the.join('group');
    the.put(3);
    other.exec('alter table records rename to hidden');
    await turns();
    expect([member.received, member.healthy()]).toEqual([[], false]);
    other.exec('alter table hidden rename to records');
    the.clock.step();
    await settled(the.broker);
    expect([member.received.length, member.healthy()]).toEqual([3, true]);
  });

  test('does not keep this process standing still', () => {
    expect(the.log.database.pragma('busy_timeout', { simple: true })).toBe(0);
  });
});

/** A log of one partition, and a clock that moves from one trim to the next. */
function aLog(file = ':memory:') {
  const log = new LogFile(file, 1);
  const clock = new ManualClock();
  const broker = new EmbeddedBroker(log, clock);
  const put = (count: number) => {
    log.append(Array.from({ length: count }, () => ({ topic: 'topic', key: null, value: null })));
    broker.wake(new Set(['topic']));
  };
  const join = async (group: string) => {
    const received: ConsumerRecord[] = [];
    const receive = (records: readonly ConsumerRecord[]) => void received.push(...records);
    const subscription: Subscription = await broker.subscribe({
      group,
      topics: ['topic'],
      receive,
      reassigned: () => {},
    });
    const commit = (offset: number) => subscription.commit([{ topic: 'topic', partition: 0, offset: BigInt(offset) }]);
    return { received, commit, close: () => subscription.close(), healthy: () => subscription.outage === undefined };
  };
  return { log, clock, broker, put, join, trim: () => clock.step() };
}

const left = (log: LogFile): number[] => log.read('topic', 0, 0, 100).map(({ offset }) => Number(offset));

/** Everything has been handed over that there is. */
async function settled(broker: EmbeddedBroker): Promise<void> {
  await turns();
  expect(broker.idle).toBe(true);
}

async function turns(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise<void>((over) => void setImmediate(over));
}
