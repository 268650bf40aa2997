import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { CheckUser } from '@saga-kit/contracts';
import type { ProducerRecord } from 'saga-kit/runtime';
import { recordsIn, type StoredRecords } from '../../common/kit/src/sql';
import { root } from '../src/root';
import { mysqlRows } from '../src/trial/books';
import { KafkaSystem } from '../src/trial/kafka-system';

const waitMs = 60_000;
const handlers = [
  'order-1 process user-to-order-status',
  'order-1 process kitchen-to-order-ticket-creation',
  'order-1 process payment-to-order-pay',
  'order-1 process kitchen-to-order-ticket-status',
  'user-1 process order-to-user-status',
  'kitchen-1 process order-to-kitchen-ticket-creation',
  'kitchen-1 process order-to-kitchen-ticket-status',
  'payment-1 process order-to-payment-pay',
];

/**
 * An order on four processes, each of which writes its spans down: that of the order is killed with -9 when it has committed
 * the first command and has not sent it, and started again.
 */
export async function expectOneTrace(addresses: NodeJS.ProcessEnv): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'saga-kit-'));
  const prefix = `traces_${randomUUID().slice(0, 8)}_`;
  const traced = { NODE_OPTIONS: `--require ${root}/scripts/test/traced-process.cjs`, TRACES_FOLDER: folder };
  const system = new KafkaSystem({ addresses, prefix, instances: 1, env: () => traced });
  const outbox = async () => {
    const sql = 'select last_seq, first_seq, records from kit_outbox';
    const rows = await mysqlRows<StoredRecords>(addresses['MYSQL_URL']!, `${prefix}order`, sql);
    return rows.flatMap(recordsIn).filter(({ topic }) => topic === CheckUser.topic);
  };
  try {
    await system.start();
    await writeFile(join(folder, CheckUser.topic), 'nothing is sent');
    const [traceId, caller] = [randomUUID().replaceAll('-', ''), 'b7ad6b7169203331'];
    const order = await place(system.url, `00-${traceId}-${caller}-01`);
    const [row] = await until('the command is committed', async () => someOf(await outbox()));
    const begun = (await spansIn(folder)).find(({ name }) => name === 'unit of work');
    expect(begun?.traceId).toBe(traceId);
    expect(sent(row!.headers)).toEqual([['traceparent', `00-${traceId}-${begun?.spanId}-01`]]);

    const { child } = system.instances.find(({ service }) => service === 'order')!;
    const killed = child.pid;
    await child.kill();
    await rm(join(folder, CheckUser.topic));
    expect(await outbox()).toEqual([row]);
    await child.start();
    expect(child.pid).not.toBe(killed);

    await until('the order is approved', async () => ((await statusOf(order)) === 'APPROVED' ? true : undefined));
    const spans = await until('all of its messages are handled', async () => {
      const known = (await spansIn(folder)).filter((span) => span.traceId === traceId);
      return handled(known).length >= handlers.length ? known : undefined;
    });
    expect(handled(spans).sort()).toEqual([...handlers].sort());
    const known = new Set([caller, ...spans.map(({ spanId }) => spanId)]);
    expect(spans.filter(({ parent }) => !known.has(parent ?? ''))).toEqual([]);
  } finally {
    await system.stop();
    await rm(folder, { recursive: true });
  }
}

interface WrittenSpan {
  readonly process: string;
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parent?: string;
}

async function spansIn(folder: string): Promise<WrittenSpan[]> {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.spans'));
  const texts = await Promise.all(files.map((name) => readFile(join(folder, name), 'utf8')));
  const lines = texts.flatMap((text) => text.split('\n').slice(0, -1)); // what is behind the last end of a line is being written
  return lines.map((line) => JSON.parse(line) as WrittenSpan);
}

const handled = (spans: readonly WrittenSpan[]): string[] =>
  spans.filter(({ name }) => name.startsWith('process ')).map(({ process, name }) => `${process} ${name}`);

const sent = (headers: ProducerRecord['headers'] = []) => headers.map(([name, value]) => [name, value.toString()]);

const someOf = <T>(all: readonly T[]): readonly T[] | undefined => (all.length > 0 ? all : undefined);

async function place(url: string, traceparent: string): Promise<string> {
  const headers = { 'Content-Type': 'application/json', traceparent };
  const body = JSON.stringify({ userId: 1, items: [{ productId: 2, quantity: 1 }] });
  const placed = await fetch(`${url}/orders`, { method: 'POST', headers, body });
  return `${url}${placed.headers.get('Location')}`;
}

const statusOf = async (order: string): Promise<string> =>
  ((await (await fetch(order)).json()) as { status: string }).status;

async function until<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  for (const end = Date.now() + waitMs; Date.now() < end; await setTimeout(50)) {
    const found = await look();
    if (found !== undefined) return found;
  }
  throw new Error(`waited ${waitMs} ms in vain until ${what}`);
}
