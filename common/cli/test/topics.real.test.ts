import { randomUUID } from 'node:crypto';
import { kafkaSettings, settingsFrom } from 'saga-kit/tools';
import { kafkaClient } from 'saga-kit/kafka';
import { given } from '../../kit/test/given';
import { createTopics } from '../../kit/test/create-topics';
import type { Admin } from '../src/topics/existing-topics';
import type { TopicPlan } from '../src/topics/plan';
import { topics } from '../src/topics/topics';
import { ran, typed } from './run-command';

const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const planIn = (said: string) => (JSON.parse(said) as { topics: TopicPlan[] }).topics;

given('KAFKA_BROKERS')('saga-kit topics', () => {
  let admin: Admin;
  const made: string[] = [];
  beforeAll(async () => {
    admin = kafkaClient(settingsFrom(kafkaSettings, process.env), 'test', silent).admin();
    await admin.connect();
  });
  afterAll(async () => {
    const there = await admin.listTopics();
    await admin.deleteTopics({ topics: made.filter((topic) => there.includes(topic)) });
    await admin.disconnect();
  });
  const someTopics = (count: number) => {
    const names = Array.from({ length: count }, () => `topics-${randomUUID()}`).sort();
    made.push(...names);
    return names;
  };
  const run = (names: readonly string[], ...args: readonly string[]) => ran(topics, names, ...args);
  const statuses = (said: string) => planIn(said).map(({ status }) => status);

  test('creates what is missing, once', async () => {
    const names = someTopics(2);
    const before = await run(names, 'check', '--json');
    expect([before.code, statuses(before.said)]).toEqual([1, ['missing', 'missing']]);
    const first = await run(names, 'create', '--partitions', '3', '--json');
    expect([first.code, statuses(first.said)]).toEqual([0, ['created', 'created']]);
    const second = await run(names, 'create', '--partitions', '3', '--json');
    expect([second.code, statuses(second.said)]).toEqual([0, ['fine', 'fine']]);
    const { said } = await run(names, 'describe', '--json');
    expect(JSON.parse(said)).toMatchObject({
      topics: names.map((name) => ({
        name,
        partitions: 3,
        config: { 'cleanup.policy': 'delete', 'retention.ms': '604800000' },
      })),
    });
    expect((await run(names, 'describe')).said).toMatch(/^TOPIC +PARTITIONS +COPIES/);
  });

  test('has twelve partitions if nobody says otherwise', async () => {
    const names = someTopics(1);
    await run(names, 'create');
    const [topic] = (await admin.fetchTopicMetadata({ topics: names })).topics;
    expect(topic!.partitions).toHaveLength(12);
  });

  test('says what differs, leaves it as it is, and creates the rest', async () => {
    const [odd, missing] = someTopics(2) as [string, string];
    const configEntries = [
      { name: 'cleanup.policy', value: 'compact' },
      { name: 'retention.ms', value: '3600000' },
      { name: 'max.message.bytes', value: '262144' },
      { name: 'compression.type', value: 'zstd' }, // can be read
    ];
    await createTopics(admin, { topic: odd, numPartitions: 1, configEntries });
    const { code, said } = await run([odd, missing], 'create', '--partitions', '2', '--json');
    expect(code).toBe(0);
    expect(planIn(said)).toEqual([
      {
        topic: odd,
        status: 'differs',
        differences: [
          expect.stringContaining('1 partitions and not 2'),
          expect.stringContaining('1 hours and not 168'),
          expect.stringContaining('cleanup.policy compacts'),
          expect.stringContaining('max.message.bytes is 262144, and a service sends values of up to 800000 bytes'),
        ],
      },
      { topic: missing, status: 'created', differences: [] },
    ]);
    const { topics: there } = await admin.fetchTopicMetadata({ topics: [odd] });
    expect(there[0]!.partitions).toHaveLength(1);
    const checked = await run([odd], 'check');
    expect(checked.code).toBe(1);
    expect(checked.said).toMatch(/^differs {2}topics-\S+\n {4}it has 1 partitions/);
  });

  test.each([['check'], ['create', '--dry-run'], ['describe']])('%s %s creates nothing', async (...args) => {
    const names = someTopics(1);
    await run(names, ...args);
    expect(await admin.listTopics()).not.toContain(names[0]);
  });

  test('what Kafka refuses is told with the topic, and ends with 1', async () => {
    const names = someTopics(1);
    const { code, hinted } = await run(names, 'create', '--replication', '99');
    expect(code).toBe(1);
    expect(hinted).toMatch(new RegExp(`^${names[0]}: .*[Rr]eplication`));
  });

  test('of several that create at once, none takes for its own what another has created', async () => {
    const names = someTopics(4);
    const all = await Promise.all([1, 2, 3].map(() => run(names, 'create', '--partitions', '1', '--json')));
    expect(all.map(({ code }) => code)).toEqual([0, 0, 0]);
    const created = all.flatMap(({ said }) => planIn(said)).filter(({ status }) => status === 'created');
    expect(new Set(created.map(({ topic }) => topic)).size).toBe(created.length);
  });

  test('as it is typed, it looks at every topic of the system', async () => {
    const { said } = await typed(['topics', 'check', '--json']);
    expect(planIn(said)).toHaveLength(10);
  });
});

describe('saga-kit topics, as it is typed', () => {
  test('without an answer ends with 3, without a stack', async () => {
    const { code, said, hinted } = await typed(['topics', 'check'], { KAFKA_BROKERS: '127.0.0.1:1' });
    expect([code, said]).toEqual([3, '']);
    expect(hinted).toMatch(/^.*ECONNREFUSED.*\n$/);
  });

  test.each([
    [[], 'saga-kit topics create'],
    [['drop'], 'saga-kit topics create'],
    [['check', '--dry-run'], 'saga-kit topics create'],
    [['check', '--partitions', '0'], '--partitions is a whole number'],
    [['check', '--retention-hours', '1.5'], '--retention-hours is a whole number'],
    [['check'], 'KAFKA_BROKERS: set it to host:port'],
  ])('%j is not right and ends with 2', async (args, hint) => {
    const { code, said, hinted } = await typed(['topics', ...args], { KAFKA_BROKERS: '' });
    expect([code, said]).toEqual([2, '']);
    expect(hinted).toContain(hint);
  });
});
