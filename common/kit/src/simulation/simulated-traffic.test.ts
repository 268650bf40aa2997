import { ManualClock } from '../testing/manual-clock';
import type { ConsumerRecord, ProducerRecord, PublishOutcome, Subscription } from '../runtime';
import { drawBrokerFaults, noBrokerFaults, type BrokerFaults } from './broker-faults';
import { oneOf, randomFrom, wholeBelow } from './random';
import { SimulatedBroker } from './simulated-broker';

const seeds = Array.from({ length: 30 }, (_, index) => index + 1);

describe('under faults of every kind', () => {
  test('records of a key come to the log in their order, and every group is done with all of them, in order', async () => {
    const kinds = new Set<string>();
    for (const seed of seeds) {
      const traffic = new Traffic(seed, drawBrokerFaults(randomFrom(seed)));
      await traffic.run();
      for (const kind of traffic.broker.injected.keys()) kinds.add(kind);
      expect([seed, traffic.violations]).toEqual([seed, []]);
      for (const key of keys) expect([seed, firsts(traffic.valuesOf(key))]).toEqual([seed, numbers]);
      expect([seed, await traffic.lag()]).toEqual([seed, 0]);
    }
    const { delayMaxMs: _, outageMaxMs: __, ...rates } = noBrokerFaults;
    expect([...kinds].sort()).toEqual(Object.keys(rates).sort());
  });

  test('the same seed has the same log, the same faults and the same hand-overs; another one has others', async () => {
    const stories = new Set<string>();
    for (const seed of seeds.slice(0, 6)) {
      const [story, again] = [await storyOf(seed), await storyOf(seed)];
      expect(again).toBe(story);
      stories.add(story);
    }
    expect(stories.size).toBe(6);
  });

  test('without faults nothing is injected, and everything comes once', async () => {
    const traffic = new Traffic(1, noBrokerFaults);
    await traffic.run();
    expect(traffic.broker.injected.size).toBe(0);
    expect(traffic.broker.records).toHaveLength(keys.length * numbers.length);
  });
});

test('faults are drawn: each kind is off in some runs and on in others', () => {
  const drawn = seeds.map((seed) => drawBrokerFaults(randomFrom(seed)));
  for (const kind of Object.keys(noBrokerFaults) as (keyof BrokerFaults)[]) {
    const values = drawn.map((faults) => faults[kind]);
    expect(new Set(values).size).toBeGreaterThan(2);
    if (!kind.endsWith('Ms')) expect(values.filter((rate) => rate === 0).length).toBeGreaterThan(seeds.length / 5);
  }
});

test('ten thousands of records pass through it', async () => {
  const { broker, clock } = new Traffic(1, noBrokerFaults);
  let count = 0;
  const receive = (records: readonly ConsumerRecord[]) => void (count += records.length);
  await broker.subscribe({ group: 'group', topics: ['topic'], receive, reassigned: () => {} });
  for (let batch = 0; batch < 500; batch++)
    await broker.publish(Array.from({ length: 100 }, (_, at) => record('topic', `${at}`, `${batch}`)));
  while (clock.step());
  expect([count, broker.idle]).toEqual([50_000, true]);
});

test('what is put there is marked, and goes where its key belongs, garbage without one to the first partition', async () => {
  const { broker } = new Traffic(1, noBrokerFaults);
  await broker.publish([record('topic', 'a', 'published')]);
  broker.put({ topic: 'topic', key: null, value: null }, { topic: 'topic', key: Buffer.from('a'), value: null });
  const [published, garbage, put] = broker.records;
  expect([published, garbage, put].map((each) => each!.injected)).toEqual([false, true, true]);
  expect(garbage).toMatchObject({ partition: 0, key: null, value: null, headers: [] });
  expect([put!.partition, put!.offset]).toEqual([published!.partition, published!.offset + 1n]);
});

const commitMs = 400;
const topics = ['topic one', 'topic two', 'topic three'];
const keys = [...'abcdefgh'];
const numbers = Array.from({ length: 25 }, (_, index) => index);
const record = (topic: string, key: string, value: string): ProducerRecord => ({
  topic,
  key,
  value: Buffer.from(value),
});
const firsts = (values: readonly number[]) => [...new Set(values)];

async function storyOf(seed: number): Promise<string> {
  const traffic = new Traffic(seed, drawBrokerFaults(randomFrom(seed)));
  await traffic.run();
  const log = traffic.broker.records.map(({ topic, partition, offset, key, value }) =>
    [topic, partition, offset, key, value].join(' '),
  );
  return [...log, ...traffic.broker.injected, ...traffic.handed].join('\n');
}

/** One process publishes numbers under each key, others come and go and consume them; all by one clock, without waiting. */
class Traffic {
  readonly clock = new SoonClock();
  readonly broker: SimulatedBroker;
  readonly violations: string[] = [];
  readonly handed: string[] = [];
  /** The most that a group has tried to commit: whoever takes a partition over begins no later. */
  readonly attempted = new Map<string, bigint>();
  private readonly random: () => number;

  constructor(
    seed: number,
    private readonly faults: BrokerFaults,
  ) {
    this.random = randomFrom(seed + 1_000_000);
    this.broker = new SimulatedBroker(this.clock, randomFrom(seed));
  }

  async run(): Promise<void> {
    this.broker.faults = this.faults;
    const published = this.publishAll();
    const members: Member[] = [];
    for (let step = 0; step < 40; step++) {
      const joining = new Member(this, oneOf(this.random, ['group one', 'group two']), `member ${step}`);
      if (this.random() < 0.3) members.push(joining);
      if (members.includes(joining)) void joining.join();
      else if (members.length > 2) await members.splice(wholeBelow(this.random, members.length), 1)[0]!.leave();
      await this.pass(200);
    }
    this.broker.faults = noBrokerFaults;
    for (const group of ['group one', 'group two']) void new Member(this, group, `last of ${group}`).join();
    await this.pass(60_000);
    await published;
  }

  /** Lets so much time pass. */
  async pass(durationMs: number): Promise<void> {
    const until = this.clock.monotonicMs() + durationMs;
    do await new Promise<void>((over) => void setImmediate(over));
    while (this.clock.step(until));
    this.clock.goTo(until);
  }

  valuesOf(wanted: string): number[] {
    return this.broker.records.filter(({ key }) => String(key) === wanted).map(({ value }) => Number(value));
  }

  async lag(): Promise<number> {
    const ends = (await this.broker.ends(topics)).reduce((sum, { offset }) => sum + offset, 0n);
    const groups = ['group one', 'group two'].map((group) => this.broker.committed(group, topics));
    const dones = (await Promise.all(groups)).flat().reduce((sum, { offset }) => sum + offset, 0n);
    return Number(2n * ends - dones);
  }

  /** As an outbox does: what has failed is sent again before anything of its key. */
  private async publishAll(): Promise<void> {
    let queue = numbers.flatMap((number) =>
      keys.map((key, at) => record(topics[at % topics.length]!, key, `${number}`)),
    );
    while (queue.length > 0) {
      const sent = queue.slice(0, 1 + wholeBelow(this.random, 12));
      const outcomes: readonly PublishOutcome[] = await this.broker.publish(sent).catch(() => []);
      const stopped = new Set<string>();
      outcomes.forEach(({ status }, at) => {
        const { topic, key } = sent[at]!;
        if (status !== 'durable') stopped.add(`${topic} ${key}`);
        else if (stopped.has(`${topic} ${key}`))
          this.violations.push(`${topic} ${key} is durable behind one that failed`);
      });
      queue = queue.filter((each) => outcomes[sent.indexOf(each)]?.status !== 'durable');
      await new Promise<void>((over) => this.clock.after(1 + wholeBelow(this.random, 100), over));
    }
  }
}

/** Time passes only from one timer to the next; what is to be done soon is one as well. */
class SoonClock extends ManualClock {
  override soon(call: () => void): void {
    this.after(0, call);
  }
}

/** Is done with what it is handed a while later, and commits. */
class Member {
  private subscription: Subscription | undefined;
  private isGone = false;
  private next = new Map<string, bigint>();

  constructor(
    private readonly traffic: Traffic,
    private readonly group: string,
    private readonly name: string,
  ) {}

  async join(): Promise<void> {
    const { group } = this;
    const receive = (records: readonly ConsumerRecord[]) => this.receive(records);
    const reassigned = () => void (this.next = new Map());
    this.subscription = await this.traffic.broker.subscribe({ group, topics, receive, reassigned });
    this.commitRegularly();
    if (this.isGone) await this.subscription.close();
  }

  async leave(): Promise<void> {
    this.isGone = true;
    await this.subscription?.close();
  }

  private receive(records: readonly ConsumerRecord[]): void {
    if (this.isGone) this.traffic.violations.push(`${this.name} is handed something after it was closed`);
    for (const { topic, partition, offset } of records) {
      const place = `${topic}/${partition}`;
      const attempted = this.traffic.attempted.get(`${this.group} ${place}`) ?? 0n;
      const expected = this.next.get(place) ?? (offset < attempted ? offset : attempted);
      if (offset !== expected)
        this.traffic.violations.push(`${this.name} is handed ${place}: ${offset}, not ${expected}`);
      this.next.set(place, offset + 1n);
      this.traffic.handed.push(`${this.name} ${place} ${offset}`);
    }
  }

  private commitRegularly(): void {
    this.traffic.clock.after(commitMs, () => {
      if (this.isGone) return;
      const positions = [...this.next].map(([place, offset]) => {
        const [topic, partition] = place.split('/');
        const { attempted } = this.traffic;
        const before = attempted.get(`${this.group} ${place}`) ?? 0n;
        if (offset > before) attempted.set(`${this.group} ${place}`, offset);
        return { topic: topic!, partition: Number(partition), offset };
      });
      this.subscription!.commit(positions).catch(() => {}); // it is told again
      this.commitRegularly();
    });
  }
}
