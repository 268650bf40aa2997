import { setTimeout } from 'node:timers/promises';
import { Kafka, logLevel, type Message } from 'kafkajs';
import { trafficOf } from '@saga-kit/cli/internal/command/traffic';
import { services } from '../services';
import { mysqlRows } from './books';
import { close, type Closed } from './closing';
import { countedRegistry } from './garbage/counted-registry';
import { MemoryWatch, rowsOf, type Footprint } from './garbage/footprint';
import { placeFirst, planWithEveryEnd, templateOrders } from './garbage/first-orders';
import { garbage, garbageKinds } from './garbage/kinds';
import { kindHeader, messageOf } from './garbage/message';
import type { Template } from './garbage/templates';
import { KafkaSystem } from './kafka-system';
import { progress } from './kafka-trial';
import { placeAll } from './orders';
import { randomFrom } from './random';

export interface GarbageTrial {
  /** Of garbage, on each topic. */
  readonly records: number;
  readonly orders: number;
  readonly instances: number;
  readonly perSecond: number;
  readonly seed: number;
  readonly addresses: NodeJS.ProcessEnv;
  readonly say: (line: string) => void;
}

export interface GarbageReport extends Closed, Footprint {
  readonly seed: number;
  readonly garbage: number;
  /** How often records of a kind were put on a topic, and parked. */
  readonly kinds: Readonly<Record<string, readonly [put: number, parked: number]>>;
}

const atOnce = 200;
const batchRecords = 100;
const parkMs = 300_000;
/** What may be asked of the registry for one record of garbage, by all services together: most have a schema that is known. */
const requestsPerRecordMax = 1;
const requestsAnyway = 1_000;
const memoryMbMax = 700;

/** Puts garbage on every topic while orders are placed, and audits the books, what is parked, and what all of it cost. */
export async function garbageTrial(trial: GarbageTrial): Promise<GarbageReport> {
  const { records, orders, instances, perSecond, seed, say } = trial;
  const random = randomFrom(seed);
  const prefix = `garbage_${seed}_`;
  const registry = await countedRegistry(trial.addresses['SCHEMA_REGISTRY_URL']!);
  const addresses: NodeJS.ProcessEnv = { ...trial.addresses, SCHEMA_REGISTRY_URL: registry.url };
  let logLines = 0;
  const system = new KafkaSystem({ addresses, prefix, instances, says: () => logLines++ });
  try {
    await system.start();
    say(`${system.instances.length} processes are ready`);
    const planned = planWithEveryEnd(templateOrders + orders, random, `garbage-${seed}`);
    const { placed: first, templates } = await placeFirst(system.url, planned, trial.addresses);
    const { topics } = trafficOf(services);
    const memory = await MemoryWatch.on(system);
    const requestsBefore = registry.count();
    const [then, put] = await Promise.all([
      placeAll(() => system.url, planned.slice(templateOrders), atOnce, progress(orders, say), { perSecond }),
      putAll(trial, templates, random),
    ]);
    const placed = { answered: [...first.answered, ...then.answered], faults: [...first.faults, ...then.faults] };
    let kinds: GarbageReport['kinds'] = {};
    let rows: Footprint['rows'] = {};
    const meanwhile = async () => {
      kinds = await parkedInTime(trial, prefix, put);
      rows = await rowsOf(addresses['MYSQL_URL']!, prefix);
      await memory.end();
    };
    const closed = await close({ system, addresses: trial.addresses, prefix, placed, say, meanwhile, mayPark: true });
    const footprint: Footprint = {
      registryRequests: registry.count() - requestsBefore,
      memoryMbAtFirst: memory.first,
      memoryMbMax: memory.max,
      memoryMbAtLast: memory.last,
      logLines,
      rows,
    };
    const count = records * topics.length;
    const faults = [...closed.faults, ...faultsOf(kinds), ...tooMuch(footprint, count)];
    return { seed, garbage: count, ...closed, kinds, ...footprint, faults };
  } finally {
    await system.stop();
    await registry.close();
  }
}

/** On all topics in turn. Resolves with how many of each kind there were. */
async function putAll(
  { records, orders, perSecond, seed, addresses, say }: GarbageTrial,
  templates: readonly Template[],
  random: () => number,
): Promise<ReadonlyMap<string, number>> {
  const brokers = addresses['KAFKA_BROKERS']!.split(',');
  const kafka = new Kafka({ clientId: `garbage-${seed}`, brokers, logLevel: logLevel.NOTHING });
  const producer = kafka.producer();
  await producer.connect();
  const put = new Map<string, number>();
  try {
    const topics = [...new Set(templates.map(({ topic }) => topic))];
    const streams = topics.map((topic) => {
      const own = templates.filter((each) => each.topic === topic);
      return { topic, stream: garbage(own, templates, records, random) };
    });
    const beganAt = performance.now();
    const perRecordMs = ((orders / perSecond) * 1_000) / records; // as long as orders are placed
    for (let done = 0; done < records; done += batchRecords) {
      await setTimeout(Math.max(0, beganAt + done * perRecordMs - performance.now()));
      for (const { topic, stream } of streams) {
        const messages: Message[] = [];
        while (messages.length < batchRecords) {
          const { value: made, done: isOver } = stream.next();
          if (isOver) break;
          put.set(made.kind, (put.get(made.kind) ?? 0) + 1);
          messages.push(messageOf(made));
        }
        await producer.send({ topic, messages });
      }
      const count = Math.min(done + batchRecords, records);
      if (count % Math.ceil(records / 10) < batchRecords) say(`${count} of ${records} records of garbage a topic`);
    }
  } finally {
    await producer.disconnect();
  }
  return put;
}

/** Once all is parked that has to be, or after five minutes. */
async function parkedInTime(
  { addresses, say }: GarbageTrial,
  prefix: string,
  put: ReadonlyMap<string, number>,
): Promise<GarbageReport['kinds']> {
  for (const until = Date.now() + parkMs; ; await setTimeout(1_000)) {
    const parked = await parkedKinds(addresses['MYSQL_URL']!, prefix);
    const kinds = Object.fromEntries([...put].map(([kind, count]) => [kind, [count, parked.get(kind) ?? 0] as const]));
    const left = faultsOf(kinds).length;
    if (left === 0 || Date.now() > until) return kinds;
    say(`of ${left} kinds, not all is parked yet`);
  }
}

async function parkedKinds(url: string, prefix: string): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for (const { name } of services) {
    const rows = await mysqlRows<{ headers: string; times: number }>(
      url,
      `${prefix}${name}`,
      'select headers, times from kit_parked',
    );
    for (const { headers, times } of rows) {
      const pairs = JSON.parse(headers) as readonly (readonly [string, unknown])[];
      const kind = `${pairs.find(([header]) => header === kindHeader)?.[1]}`;
      counts.set(kind, (counts.get(kind) ?? 0) + times);
    }
  }
  return counts;
}

function faultsOf(kinds: GarbageReport['kinds']): string[] {
  return Object.entries(kinds).flatMap(([kind, [put, parked]]) =>
    garbageKinds[kind]?.expected === 'parked' && parked < put
      ? [`of ${put} records of the kind "${kind}", ${parked} are parked`]
      : [],
  );
}

function tooMuch({ registryRequests, memoryMbMax: memoryMb, rows }: Footprint, records: number): string[] {
  const faults: string[] = [];
  const most = requestsAnyway + records * requestsPerRecordMax;
  if (registryRequests > most)
    faults.push(`the registry was asked ${registryRequests} times, and not ${most} at the most`);
  if (memoryMb > memoryMbMax) faults.push(`a process had ${memoryMb} MB, and not ${memoryMbMax} at the most`);
  if (rows['kit_parked']! > records) faults.push(`${rows['kit_parked']} rows are parked, of ${records} records`);
  if (rows['kit_ordering_keys']! > 0)
    faults.push(`${rows['kit_ordering_keys']} keys wait for something that was parked`);
  return faults;
}
