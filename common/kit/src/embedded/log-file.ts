import BetterSqlite3 from 'better-sqlite3';
import { headersColumn, partitionOf, type Headers, type ConsumerRecord, type TopicPartitionOffset } from '../runtime';

/** A record as anybody might put it: garbage included. */
export interface LogRecord {
  readonly topic: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers?: Headers;
}

const partitionsDefault = 3;

/**
 * The records and offsets of the embedded broker, in a SQLite file (`:memory:` for one that ends with its process). Every
 * write is one transaction, and on the disk before it is answered. One process at a time.
 */
export class LogFile {
  readonly database: BetterSqlite3.Database;
  private readonly next = new Map<string, number>();
  private readonly statements: Readonly<
    Record<
      'append' | 'read' | 'first' | 'join' | 'commit' | 'committed' | 'readers' | 'slowest' | 'trim',
      BetterSqlite3.Statement
    >
  >;

  constructor(
    file: string,
    readonly partitions = partitionsDefault,
  ) {
    this.database = new BetterSqlite3(file);
    this.database.pragma('journal_mode = WAL');
    this.database.pragma('synchronous = FULL');
    this.database.exec(tables);
    const ends = this.database.prepare(selectEnds).all() as { topic: string; place: number; next: number }[];
    for (const { topic, place, next } of ends) this.next.set(`${topic}/${place}`, next);
    this.database.pragma('busy_timeout = 0'); // SQLite would wait with the whole process standing still; callers try again
    const prepare = (sql: string) => this.database.prepare(sql);
    this.statements = {
      append: prepare('insert into records (topic, place, number, key, value, headers) values (?, ?, ?, ?, ?, ?)'),
      read: prepare(
        'select number, key, value, headers from records where topic = ? and place = ? and number >= ? order by number limit ?',
      ),
      first: prepare('select min(number) from records where topic = ? and place = ?').pluck(),
      join: prepare('insert into commits (consumers, topic, place, next) values (?, ?, ?, ?) on conflict do nothing'),
      commit: prepare(
        'insert into commits (consumers, topic, place, next) values (?, ?, ?, ?) on conflict do update set next = excluded.next',
      ),
      committed: prepare('select place, next from commits where consumers = ? and topic = ?'),
      readers: prepare('select place, next from commits where topic = ?'),
      slowest: prepare('select topic, place, min(next) as next from commits group by topic, place'),
      trim: prepare('delete from records where topic = ? and place = ? and number < ?'),
    };
  }

  append(records: readonly LogRecord[]): void {
    const next = new Map<string, number>();
    this.database.transaction(() => {
      for (const { topic, key, value, headers = [] } of records) {
        const place = key === null ? 0 : partitionOf(key, this.partitions);
        const at = `${topic}/${place}`;
        const number = next.get(at) ?? this.end(topic, place);
        this.statements.append.run(topic, place, number, key, value, headersColumn.write(headers));
        next.set(at, number + 1);
      }
    })();
    for (const [at, number] of next) this.next.set(at, number);
  }

  read(topic: string, partition: number, from: number, limit: number): ConsumerRecord[] {
    const rows = this.statements.read.all(topic, partition, from, limit) as StoredRecord[];
    return rows.map(({ number, key, value, headers }) => ({
      topic,
      partition,
      offset: BigInt(number),
      key,
      value,
      headers: headersColumn.read(headers),
    }));
  }

  end(topic: string, partition: number): number {
    return this.next.get(`${topic}/${partition}`) ?? 0;
  }

  /** From now on a group is known: where it has no commit, it is at the beginning of what there is. */
  join(group: string, topics: readonly string[]): void {
    this.database.transaction(() => {
      for (const topic of topics)
        for (let place = 0; place < this.partitions; place++) {
          const first = this.statements.first.get(topic, place) as number | null;
          this.statements.join.run(group, topic, place, first ?? this.end(topic, place));
        }
    })();
  }

  commit(group: string, positions: readonly TopicPartitionOffset[]): void {
    this.database.transaction(() => {
      for (const { topic, partition, offset } of positions)
        this.statements.commit.run(group, topic, partition, Number(offset));
    })();
  }

  committed(group: string, topic: string): TopicPartitionOffset[] {
    return offsetsOf(topic, this.statements.committed.all(group, topic));
  }

  /** What every group has committed. */
  readers(topic: string): TopicPartitionOffset[] {
    return offsetsOf(topic, this.statements.readers.all(topic));
  }

  /** Forgets the records that every group which is known is done with. */
  trim(): void {
    this.database.transaction(() => {
      const ends = this.statements.slowest.all() as { topic: string; place: number; next: number }[];
      for (const { topic, place, next } of ends) this.statements.trim.run(topic, place, next);
    })();
  }

  close(): void {
    this.database.close();
  }
}

interface StoredRecord {
  readonly number: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: string;
}

const tables = `
  create table if not exists records (
    topic text not null, place integer not null, number integer not null,
    key blob, value blob, headers text not null, primary key (topic, place, number));
  create table if not exists commits (
    consumers text not null, topic text not null, place integer not null, next integer not null,
    primary key (consumers, topic, place));
  create table if not exists schemas (
    id integer primary key autoincrement, subject text not null, schema text not null)`;

/** A log that was trimmed to nothing goes on where its groups are. */
const selectEnds = `
  select topic, place, max(next) as next from (
    select topic, place, max(number) + 1 as next from records group by topic, place
    union all select topic, place, max(next) from commits group by topic, place)
  group by topic, place`;

const offsetsOf = (topic: string, rows: readonly unknown[]): TopicPartitionOffset[] =>
  (rows as readonly { place: number; next: number }[]).map(({ place, next }) => ({
    topic,
    partition: place,
    offset: BigInt(next),
  }));
