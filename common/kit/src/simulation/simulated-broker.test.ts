import { systemClock } from '../app/system-environment';
import { brokerCases, caseMs, type BrokerFeatures } from '../conformance';
import { partitionOf, type ConsumerRecord, type ProducerRecord } from '../runtime';
import { ManualClock } from '../testing/manual-clock';
import { noBrokerFaults, type BrokerFaults } from './broker-faults';
import { randomFrom } from './random';
import { SimulatedBroker } from './simulated-broker';

const features: BrokerFeatures = { durable: { no: 'memory ends with its process' }, sharing: 'yes' };

describe('the simulated broker without faults', () => {
  let topics = 0;
  const open = async () => {
    const broker = new SimulatedBroker(systemClock, randomFrom(1), { partitions: 4 });
    const topic = async () => `topic-${++topics}`;
    return { broker, topic, partitions: 4, another: async () => broker, close: () => broker.close() };
  };
  for (const { name, run } of brokerCases(open, features)) test(name, run, caseMs);
});

describe('publishing', () => {
  test.each([
    ['publishFails', []],
    ['publishAnswerLost', ['1', '2']],
    ['publishLandsLate', ['1', '2']],
  ] as const)('%s: rejects', async (kind, written) => {
    const { broker, settle } = aBroker({ [kind]: 1 });
    await expect(broker.publish(records('1', '2'))).rejects.toThrow('simulated');
    if (kind === 'publishLandsLate') expect(valuesIn(broker)).toEqual([]);
    await settle();
    expect(valuesIn(broker)).toEqual(written);
    expect([...broker.injected]).toEqual([[kind, 1]]);
  });

  test('what fails from some record on says where, keeps the rest back, and may be there nevertheless', async () => {
    const seen = new Set<string>();
    for (let seed = 1; seed <= 60; seed++) {
      const { broker } = aBroker({ publishPartly: 1 }, seed);
      const outcomes = await broker.publish(records('1', '2', '3'));
      const durable = outcomes.filter(({ status }) => status === 'durable').length;
      const failed = outcomes.slice(durable);
      expect(new Set(failed.map((each) => 'where' in each && each.where))).toEqual(new Set([place]));
      const written = broker.records.length;
      expect(valuesIn(broker)).toEqual(['1', '2', '3'].slice(0, written));
      expect(written).toBeGreaterThanOrEqual(durable);
      seen.add(`${durable} of ${written}, ${failed.some((each) => 'isAnswer' in each && each.isAnswer)}`);
    }
    expect(seen).toContain('0 of 0, true');
    expect(seen).toContain('2 of 3, false');
  });

  test('publishTwice: what goes to a partition is there once more, behind itself', async () => {
    const { broker } = aBroker({ publishTwice: 1 });
    await broker.publish(records('1', '2'));
    expect(valuesIn(broker)).toEqual(['1', '2', '1', '2']);
  });

  test('publishAnswerLate: it is there before it is told', async () => {
    const { broker, clock } = aBroker({ publishAnswerLate: 1 });
    let isTold = false;
    const told = broker.publish(records('1')).then(() => (isTold = true));
    await turns();
    expect([valuesIn(broker), isTold, broker.idle]).toEqual([['1'], false, false]);
    clock.step();
    await told;
  });
});

describe('handing over', () => {
  test('handOverLate: a topic waits while another one goes on', async () => {
    const orders = new Set<string>();
    for (let seed = 1; seed <= 30; seed++) {
      const { broker, settle } = aBroker({ handOverLate: 1 }, seed);
      const { received } = await joined(broker, 'group', ['early', 'late']);
      await broker.publish(['early', 'early', 'late', 'late'].map((topic, at) => ({ ...records(`${at}`)[0]!, topic })));
      await turns();
      expect(received).toEqual([]);
      expect(broker.idle).toBe(false);
      await settle();
      orders.add(received.map(({ value }) => String(value)).join());
    }
    expect(orders).toContain('0,1,2,3');
    expect(orders).toContain('2,3,0,1');
  });

  test('handOverAgain: a member is handed again what it has not committed', async () => {
    const { broker, settle } = aBroker({ handOverAgain: 1 });
    const member = await joined(broker);
    await broker.publish(records('1'));
    await turns();
    broker.faults = noBrokerFaults;
    await settle();
    expect([member.moves(), member.received.map(({ value }) => String(value))]).toEqual([1, ['1', '1']]);
  });

  test('rebalance: partitions move to other members, which begin where the group has committed', async () => {
    const { broker, settle } = aBroker({ rebalance: 1, delayMaxMs: 1 });
    const [one, other] = [await joined(broker), await joined(broker)];
    await broker.publish(records('1'));
    const owners = new Set<string>();
    for (let round = 0; round < 40; round++) {
      owners.add(JSON.stringify(one.subscription.assigned));
      await settle(1);
      broker.put({ topic: 'topic', key: Buffer.from('a'), value: Buffer.from(`${round}`) });
    }
    expect(owners.size).toBeGreaterThan(1);
    for (const member of [one, other]) {
      expect(member.moves()).toBeGreaterThan(1);
      expect(member.received.map(({ offset }) => offset)).toContain(0n);
    }
  });

  test('reassignedLate: who is not told yet goes on, and cannot commit', async () => {
    const { broker, settle } = aBroker({ reassignedLate: 1 });
    const stale = await joined(broker);
    await broker.publish(ofEachKey);
    const fresh = await joined(broker);
    await turns();
    expect([stale.moves(), stale.subscription.assigned.length]).toEqual([0, 3]);
    expect(stale.received).toHaveLength(keys.length);
    const last = fresh.received.at(-1)!;
    await expect(stale.commit(last)).rejects.toThrow('moved on');
    await fresh.commit(last);
    await settle();
    expect([stale.moves(), stale.subscription.assigned.length + fresh.subscription.assigned.length]).toEqual([1, 3]);
    await expect(stale.commit(last)).rejects.toThrow('not ours');
  });

  test("leftUnnoticed: what a member had is nobody else's for a while", async () => {
    const { broker, settle } = aBroker({ leftUnnoticed: 1 });
    const [gone, left] = [await joined(broker), await joined(broker)];
    await gone.subscription.close();
    await broker.publish(ofEachKey);
    await turns();
    expect([left.subscription.assigned.length < 3, left.received.length < keys.length]).toEqual([true, true]);
    await settle();
    expect(left.subscription.assigned).toHaveLength(3);
    expect(new Set(left.received.map(({ value }) => String(value))).size).toBe(keys.length);
  });
});

describe('committing', () => {
  test.each([
    ['commitLost', 0],
    ['commitAnswerLost', 1],
  ] as const)('%s: rejects', async (kind, committed) => {
    const { broker } = aBroker({ [kind]: 1 });
    const member = await joined(broker);
    await broker.publish(records('1'));
    await turns();
    await expect(member.commit(member.received[0]!)).rejects.toThrow('lost');
    expect(await broker.committed('group', ['topic'])).toHaveLength(committed);
  });

  test('commitLate: one that arrives after partitions have moved is rejected; others arrive in their order', async () => {
    const { broker, settle } = aBroker({ commitLate: 1 });
    const member = await joined(broker);
    await broker.publish(records('1', '2'));
    await turns();
    const [first, second] = member.received;
    const commits = [first!, second!].map((each) => member.commit(each));
    expect(await broker.committed('group', ['topic'])).toEqual([]);
    await settle();
    await Promise.all(commits);
    expect((await broker.committed('group', ['topic'])).map(({ offset }) => offset)).toEqual([2n]);
    const late = member.commit(first!);
    const rejected = expect(late).rejects.toThrow('moved on');
    await joined(broker);
    await settle();
    await rejected;
  });
});

describe('being away', () => {
  test('outage: nothing is taken, told or handed over, and all goes on by itself', async () => {
    const { broker, settle } = aBroker({});
    const member = await joined(broker);
    broker.put({ topic: 'topic', key: null, value: Buffer.from('1') });
    broker.faults = { ...noBrokerFaults, outage: 1, outageMaxMs: 10_000 };
    await turns();
    broker.faults = noBrokerFaults;
    expect([member.received, member.subscription.outage]).toEqual([[], 'the simulated broker is away']);
    for (const asked of [broker.publish(records('2')), broker.ends([]), member.subscription.commit([])])
      await expect(asked).rejects.toThrow('away');
    const late = joined(broker, 'another group');
    await settle();
    expect([member.received.length, member.subscription.outage, valuesIn(broker)]).toEqual([1, undefined, ['1']]);
    await late;
    await settle();
    expect((await late).received).toHaveLength(1);
  });

  test('partitionFails: one partition is neither read nor written, the others are', async () => {
    const { broker, settle } = aBroker({ partitionFails: 1 });
    const member = await joined(broker);
    const [outcome] = await broker.publish(records('1'));
    broker.faults = noBrokerFaults;
    expect([outcome!.status, valuesIn(broker)]).toEqual(['failed', []]);
    expect(member.subscription.topicFaults.map(({ topic, partition }) => `${topic}/${partition}`)).toEqual([place]);
    await broker.publish(ofEachKey);
    await turns();
    const readable = member.received.length;
    expect(readable).toBe(broker.records.length);
    expect(readable).toBeGreaterThan(0);
    await settle();
    expect(member.subscription.topicFaults).toEqual([]);
    expect(await broker.publish(records('1'))).toEqual([{ status: 'durable' }]);
  });
});

const keys = [...'abcdefghijkl'];
const records = (...values: readonly string[]): ProducerRecord[] =>
  values.map((value) => ({ topic: 'topic', key: 'a', value: Buffer.from(value) }));
const ofEachKey = keys.map((key) => ({ ...records(key)[0]!, key }));
const valuesIn = (broker: SimulatedBroker) => broker.records.map(({ value }) => String(value));
const place = `topic/${partitionOf(Buffer.from('a'), 3)}`;

/** A broker, its clock, and a way to let time pass until nothing is on its way, or for some timers. */
function aBroker(faults: Partial<BrokerFaults>, seed = 1) {
  const clock = new ManualClock();
  const broker = new SimulatedBroker(clock, randomFrom(seed));
  broker.faults = { ...noBrokerFaults, delayMaxMs: 1_000, outageMaxMs: 1_000, ...faults };
  const settle = async (timers = 1_000) => {
    await turns();
    for (let timer = 0; timer < timers && clock.step(); timer++) await turns();
    if (timers > 1) expect(broker.idle).toBe(true);
  };
  return { broker, clock, settle };
}

/** A member that keeps all that it was ever handed. */
async function joined(broker: SimulatedBroker, group = 'group', topics: readonly string[] = ['topic']) {
  const received: ConsumerRecord[] = [];
  let moves = 0;
  const receive = (some: readonly ConsumerRecord[]) => void received.push(...some);
  const subscription = await broker.subscribe({ group, topics, receive, reassigned: () => void moves++ });
  const commit = ({ topic, partition, offset }: ConsumerRecord) =>
    subscription.commit([{ topic, partition, offset: offset + 1n }]);
  return { subscription, received, moves: () => moves, commit };
}

async function turns(): Promise<void> {
  for (let turn = 0; turn < 60; turn++) await new Promise<void>((over) => void setImmediate(over));
}
