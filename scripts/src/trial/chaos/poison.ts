import { setTimeout } from 'node:timers/promises';
import { Kafka, logLevel, type Message } from 'kafkajs';
import { services } from '../../services';
import { mysqlRows } from '../books';
import { garbage, garbageKinds } from '../garbage/kinds';
import { messageOf } from '../garbage/message';
import type { Template } from '../garbage/templates';
import { oneOf } from '../random';

const numberHeader = 'number-of-poison';
/** What these become depends on chance; all others are parked, or have come before. */
const uncertain = ['bits turned', 'of another topic'];
const sendMs = 180_000;
const parkMs = 60_000;
const shownMax = 5;

/** Records that nobody should have sent, each with a number, so that it is known what has to be parked, and nothing else. */
export class Poison {
  /** Of all that were put; those that have to be parked. */
  private readonly numbers = new Map<string, 'parked' | 'harmless'>();

  constructor(
    private readonly brokers: string,
    private readonly templates: readonly Template[],
    private readonly random: () => number,
  ) {}

  /** Resolves with the topic that they are on. */
  async put(records: number): Promise<string> {
    const topic = oneOf(this.random, [...new Set(this.templates.map((each) => each.topic))]);
    const own = this.templates.filter((each) => each.topic === topic);
    const messages: Message[] = [];
    const parked: string[] = [];
    for (const made of garbage(own, this.templates, records, this.random)) {
      if (uncertain.includes(made.kind)) continue;
      const number = `${this.numbers.size + 1}`;
      this.numbers.set(number, 'harmless'); // it may be there, until it is known to be
      if (garbageKinds[made.kind]!.expected === 'parked') parked.push(number);
      messages.push(messageOf({ ...made, headers: [...(made.headers ?? []), [numberHeader, Buffer.from(number)]] }));
    }
    await this.send(topic, messages);
    for (const number of parked) this.numbers.set(number, 'parked');
    return topic;
  }

  /** What does not add up, in words, once all is parked that has to be, or after a minute. */
  async faults(url: string, prefix: string): Promise<string[]> {
    for (const until = performance.now() + parkMs; ; await setTimeout(500)) {
      const faults = poisonFaults(this.numbers, await parkedIn(url, prefix));
      if (faults.length === 0 || performance.now() > until) return faults;
    }
  }

  /** Once more when it failed: what was sent twice has its number twice. */
  private async send(topic: string, messages: Message[]): Promise<void> {
    const patience = { connectionTimeout: 3_000, requestTimeout: 5_000, retry: { retries: 2 } };
    const kafka = new Kafka({ brokers: this.brokers.split(','), ...patience, logLevel: logLevel.NOTHING });
    for (const until = performance.now() + sendMs; ; await setTimeout(500)) {
      const producer = kafka.producer();
      try {
        await producer.connect();
        return void (await producer.send({ topic, messages }));
      } catch (error) {
        if (performance.now() > until) throw error;
      } finally {
        await producer.disconnect().catch(() => {});
      }
    }
  }
}

export interface Parked {
  readonly service: string;
  readonly topic: string;
  readonly reason: string;
  readonly error: string;
  /** Of the poison that it is; of other records undefined. */
  readonly number: string | undefined;
}

/** Whether exactly what was put is parked. */
export function poisonFaults(put: ReadonlyMap<string, 'parked' | 'harmless'>, parked: readonly Parked[]): string[] {
  const numbers = new Set(parked.map(({ number }) => number));
  const missing = [...put].filter(([number, expected]) => expected === 'parked' && !numbers.has(number)).length;
  const others = parked.filter(({ number }) => number === undefined || !put.has(number));
  const some = others
    .slice(0, shownMax)
    .map(({ service, topic, reason, error }) => `${service}, ${topic}: ${reason}, ${error}`);
  return [
    ...(missing === 0 ? [] : [`${missing} records of poison are not parked`]),
    ...(others.length === 0 ? [] : [`${others.length} messages are parked that are no poison: ${some.join('; ')}`]),
  ];
}

async function parkedIn(url: string, prefix: string): Promise<Parked[]> {
  const parked: Parked[] = [];
  for (const { name: service } of services) {
    const sql = 'select topic, reason, error, headers from kit_parked';
    const rows = await mysqlRows<Omit<Parked, 'service' | 'number'> & { headers: string }>(
      url,
      `${prefix}${service}`,
      sql,
    );
    for (const { headers, ...row } of rows) {
      const pairs = JSON.parse(headers) as readonly (readonly [string, unknown])[];
      const number = pairs.find(([header]) => header === numberHeader)?.[1];
      parked.push({ ...row, service, number: number === undefined ? undefined : `${number as string}` });
    }
  }
  return parked;
}
