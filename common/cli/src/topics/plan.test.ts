import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { planOf, topicConfig, valueBytesMax, type Topic } from './plan';

const wanted = { partitions: 12, replication: 3, retentionHours: 168 };
const config = Object.fromEntries(topicConfig('t', wanted).configEntries.map(({ name, value }) => [name, value]));
const asWanted: Topic = { name: 't', partitions: 12, replication: 3, config };
const differencesOf = (topic: Partial<Topic>, wish = wanted) =>
  planOf(['t'], wish, new Map([['t', { ...asWanted, ...topic }]]))[0];
const withConfig = (over: Record<string, string>) => differencesOf({ config: { ...config, ...over } });

test('what is not there is missing, and what is made as wanted is fine', () => {
  const there = new Map([['t', asWanted]]);
  expect(planOf(['s', 't'], wanted, there)).toEqual([
    { topic: 's', status: 'missing', differences: [] },
    { topic: 't', status: 'fine', differences: [] },
  ]);
});

test('more than is wanted is fine: partitions, copies, hours, and messages that are kept for ever', () => {
  for (const more of [
    differencesOf({ partitions: 24, replication: 5 }),
    withConfig({ 'retention.ms': '-1' }),
    withConfig({ 'retention.ms': String(999 * 3_600_000), 'min.insync.replicas': '3' }),
    differencesOf({ config: {} }), // not told to us
  ])
    expect(more).toMatchObject({ status: 'fine' });
});

test.each([
  [differencesOf({ partitions: 3 }), 'it has 3 partitions and not 12'],
  [differencesOf({ replication: 2 }), 'it has 2 copies and not 3'],
  [
    differencesOf({ replication: 1, config: { ...config, 'min.insync.replicas': '1' } }),
    'it has 1 copy and not 3, so nothing is sent or read while one broker is away',
  ],
  [withConfig({ 'retention.ms': '3600000' }), 'retention.ms keeps messages for 1 hours and not 168'],
  [withConfig({ 'retention.ms': '0' }), 'retention.ms keeps messages for 0 hours'],
  [withConfig({ 'retention.bytes': '1000' }), 'retention.bytes is 1000'],
  [withConfig({ 'cleanup.policy': 'compact' }), 'cleanup.policy compacts'],
  [withConfig({ 'cleanup.policy': 'compact,delete' }), 'cleanup.policy compacts'],
  [withConfig({ 'min.insync.replicas': '1' }), 'min.insync.replicas is 1 of 3 copies: a message counts as sent'],
  [withConfig({ 'min.insync.replicas': '4' }), 'min.insync.replicas is 4 of 3 copies: nothing can be sent'],
  [withConfig({ 'unclean.leader.election.enable': 'true' }), 'unclean.leader.election.enable'],
  [
    withConfig({ 'max.message.bytes': '262144' }),
    'max.message.bytes is 262144, and a service sends values of up to 800000 bytes with 1000 around them: set it to 1048588',
  ],
  [withConfig({ 'max.message.bytes': '800000' }), 'max.message.bytes is 800000'],
  [withConfig({ 'compression.type': 'brotli' }), 'compression.type is brotli, which a service cannot read'],
])('%j differs: %s', (plan, sentence) => {
  expect(plan).toEqual({ topic: 't', status: 'differs', differences: [expect.stringContaining(sentence)] });
});

test.each(['producer', 'none', 'uncompressed', 'gzip', 'snappy', 'lz4', 'zstd'])('%s can be read', (type) => {
  expect(withConfig({ 'compression.type': type })).toMatchObject({ status: 'fine' });
});

const kit = join(__dirname, '..', '..', '..', 'kit');

test('the largest value is the one that the kit allows, and Kafka takes it as it is', () => {
  const context = readFileSync(join(kit, 'src', 'runtime', 'handling', 'handler-context.ts'), 'utf8');
  expect(/valueBytesMax = ([\d_]+);/.exec(context)![1]!.replaceAll('_', '')).toBe(`${valueBytesMax}`);
  expect(withConfig({ 'max.message.bytes': '1048588' })).toMatchObject({ status: 'fine' });
});

test('a single copy is what a single broker can have', () => {
  const alone = { ...wanted, replication: 1 };
  const entries = topicConfig('t', alone).configEntries;
  expect(entries).toContainEqual({ name: 'min.insync.replicas', value: '1' });
  expect(differencesOf({ replication: 1, config: { ...config, 'min.insync.replicas': '1' } }, alone)).toMatchObject({
    status: 'fine',
  });
});
