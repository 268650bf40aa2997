// What a system uses: processor time, memory and disk of its processes and components, and what MySQL and Kafka count.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { Kafka, logLevel } from 'kafkajs';
import { createConnection } from 'mysql2/promise';
import { guardIdleTimers } from 'saga-kit/kafka';

const load = createRequire(import.meta.url);
const usPerTick = 10_000; // Linux tells processor time in hundredths of a second
const bytesPerPage = 4_096;
const unknown = { statements: null, commits: null, rowsWritten: null, sqlBytes: null };
const counters = "('Questions', 'Bytes_received', 'Handler_write', 'Handler_update', 'Handler_delete')";

/** What a system on `mysql` and `kafka` uses; without them, one that has all in a folder. */
export class Usage {
  static async open({ mysql, kafka }) {
    if (!mysql || !kafka) return new Usage();
    const connection = await createConnection({ uri: mysql.addresses.MYSQL_URL });
    await connection.query("set global innodb_monitor_enable = 'trx_rw_commits'");
    guardIdleTimers();
    const brokers = kafka.addresses.KAFKA_BROKERS.split(',');
    const admin = new Kafka({ clientId: 'bench', brokers, logLevel: logLevel.ERROR }).admin();
    await admin.connect();
    const pids = { mysql: await pidOf(mysql, 'mysql'), kafka: await pidOf(kafka, 'kafka') };
    return new Usage({ connection, admin, pids, data: join(mysql.folder, 'mysql', 'data') });
  }

  constructor(on) {
    this.on = on;
  }

  /** All that was used so far by a system whose first process is `pid`, and to which `program` brings orders. */
  async soFar({ pid, program, topics, folder }) {
    const counted = { messages: await this.messages(topics, folder), ...(await this.counted()) };
    const { mysql, kafka } = this.on?.pids ?? {};
    const cpu = { mysqlUs: mysql ? cpuUsOf(mysql) : null, kafkaUs: kafka ? cpuUsOf(kafka) : null };
    const load = { loadUs: program === pid ? 0 : cpuUsOf(program) };
    return { costs: { ...counted, ...cpu, nodeUs: sumOf(treeOf(pid), cpuUsOf) }, machine: { ...machine(), ...load } };
  }

  rssBytes({ pid }) {
    return sumOf(treeOf(pid), (each) => Number(textOf(`/proc/${each}/statm`).split(' ')[1] ?? 0) * bytesPerPage);
  }

  /** Of the files of its databases; null where they are in a container. */
  diskBytes({ databases, folder }) {
    if (folder) return bytesIn(folder);
    return this.on.pids.mysql ? sumOf(databases, (database) => bytesIn(join(this.on.data, database))) : null;
  }

  async close() {
    await this.on?.connection.end();
    await this.on?.admin.disconnect();
  }

  async counted() {
    if (!this.on) return unknown;
    const { connection } = this.on;
    const [rows] = await connection.query(`show global status where variable_name in ${counters}`);
    const of = Object.fromEntries(rows.map(({ Variable_name: name, Value: value }) => [name, Number(value)]));
    const metric = "select count as value from information_schema.innodb_metrics where name = 'trx_rw_commits'";
    const [[{ value }]] = await connection.query(metric);
    return {
      statements: of.Questions,
      commits: Number(value),
      rowsWritten: of.Handler_write + of.Handler_update + of.Handler_delete,
      sqlBytes: of.Bytes_received,
    };
  }

  async messages(topics, folder) {
    if (folder) return recordsIn(join(folder, 'broker.db'));
    const ends = await Promise.all(topics.map((topic) => this.on.admin.fetchTopicOffsets(topic)));
    return sumOf(ends.flat(), ({ high }) => Number(high));
  }
}

/**
 * What was used between two looks, `each` for every one of so many orders or seconds, null where that is not known; and how
 * many percent of all processor time went to nobody who is measured.
 */
export function usedBetween(before, after, count) {
  const { busyUs, wholeUs, loadUs } = minus(after.machine, before.machine);
  const costs = minus(after.costs, before.costs);
  const { nodeUs, mysqlUs, kafkaUs } = costs;
  const each = Object.entries(costs).map(([name, value]) => [name, value === null ? null : value / count]);
  return {
    each: Object.fromEntries(each),
    othersPercent: (100 * (busyUs - loadUs - nodeUs - (mysqlUs ?? 0) - (kafkaUs ?? 0))) / wholeUs,
  };
}

const minus = (some, others) =>
  Object.fromEntries(Object.entries(some).map(([name, value]) => [name, value === null ? null : value - others[name]]));

/** The processor time that there was, and what of it the machine was busy, or its host was with somebody else. */
function machine() {
  const ticks = textOf('/proc/stat').split('\n')[0].match(/\d+/g).slice(0, 8).map(Number);
  const [idle, ioWait] = ticks.splice(3, 2);
  const busyUs = usPerTick * sumOf(ticks, (each) => each);
  return { busyUs, wholeUs: busyUs + usPerTick * (idle + ioWait) };
}

/** Undefined for what is in a container. */
async function pidOf(infra, name) {
  const { Infra } = load('@saga-kit/cli/internal/infra/infra');
  const status = await new Infra(infra.folder, { env: {}, say: () => {} }).status();
  return status.find((each) => each.name === name)?.pid;
}

/** Ever appended to the log of the embedded broker, which is trimmed behind its groups. */
function recordsIn(file) {
  const database = new BetterSqlite3(file, { readonly: true });
  const ends = `select topic, place, max(number) + 1 as next from records group by topic, place
    union all select topic, place, max(next) from commits group by topic, place`;
  const sum = `select sum(next) from (select max(next) as next from (${ends}) group by topic, place)`;
  try {
    return database.prepare(sum).pluck().get() ?? 0;
  } finally {
    database.close();
  }
}

/** A process and all that descend from it. */
function treeOf(pid) {
  const parents = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((each) => [Number(each), Number(statOf(each)[1])]);
  const tree = [pid];
  for (const parent of tree) tree.push(...parents.filter(([, own]) => own === parent).map(([each]) => each));
  return tree;
}

function cpuUsOf(pid) {
  const stat = statOf(pid);
  return (Number(stat[11] ?? 0) + Number(stat[12] ?? 0)) * usPerTick;
}

/** What stands behind the name of a process, which may hold anything; nothing when it has ended. */
function statOf(pid) {
  const stat = textOf(`/proc/${pid}/stat`);
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

function textOf(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return ''; // it has ended meanwhile
  }
}

function bytesIn(folder) {
  const files = readdirSync(folder, { withFileTypes: true, recursive: true }).filter((file) => file.isFile());
  return sumOf(files, ({ parentPath, name }) => statSync(join(parentPath, name)).size);
}

const sumOf = (values, of) => values.reduce((sum, value) => sum + of(value), 0);
