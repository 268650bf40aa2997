import { bookkeeper } from '../../examples/mall/choreography/test/a-bookkeeper';
import { startInfra, type OwnInfra } from '../../common/cli/src/infra/start-infra';
import { Teardown } from '../../common/kit/src/app';
import { given } from '../../common/kit/test/given';
import { RealServices } from '../../common/kit/test/real-services';
import { inMysql } from '../src/trial/books';
import { KafkaSystem } from '../src/trial/kafka-system';
import { endsOf } from '../src/trial/mall/mall-audit';
import { mallBooks } from '../src/trial/mall/mall-books';
import { placeMall, planMall } from '../src/trial/mall/mall-orders';
import { settledMall, stocked } from '../src/trial/mall/mall-trial';
import { readTopics } from '../src/trial/messages';
import { randomFrom } from '../src/trial/random';
import { mall } from '../src/trial/system';
import { Operator } from './kafka-replay';
import { soonMissed } from './soon-missed';

const orders = 300;
const prefix = 'duplicates_';

/** On components of its own: its topics and groups are its own then. */
given(
  'KAFKA_BROKERS',
  'SCHEMA_REGISTRY_URL',
  'MYSQL_URL',
)('the mall, two instances of each service', () => {
  const teardown = new Teardown();
  let infra: OwnInfra;
  let system: KafkaSystem;
  let operator: Operator;
  /** Beside the mall: who has nothing but the inbox that keeps him from counting twice. */
  let listening: RealServices;
  let listener: Awaited<ReturnType<RealServices['start']>>;
  let groups: readonly string[];

  beforeAll(async () => {
    infra = await startInfra();
    teardown.add(() => infra.close());
    Object.assign(process.env, infra.addresses);
    operator = new Operator(infra.addresses);
    system = new KafkaSystem({
      system: mall(),
      addresses: { ...infra.addresses, ...soonMissed },
      prefix,
      instances: 2,
    });
    teardown.add(() => system.stop());
    await system.start();
    listening = new RealServices(teardown);
    await listening.prepare(bookkeeper);
    listener = await listening.start(bookkeeper);
    groups = [...mall().services, bookkeeper.name];
  }, 180_000);
  afterAll(() => teardown.run(), 120_000);

  const query = () => inMysql(infra.addresses.MYSQL_URL!, prefix);
  const counted = (table: string) =>
    Promise.all(mall().services.map((name) => query()(name, `select '${name}', count(*) as count from ${table}`)));
  /** All that a message may have had an effect on. */
  const effects = async () => ({
    books: await mallBooks(query(), mall().services),
    handled: await counted('kit_inbox'),
    sent: await counted('kit_history'),
    inError: await counted('kit_ordering_keys'),
    heard: await (await listening.storesOf(bookkeeper)).reader.query((knex) => knex('entries').orderBy('id')),
  });
  const idsOn = async (topics: readonly string[]) => {
    const { records, ids } = await readTopics(infra.addresses, topics);
    return { records, ids: [...ids.values()].reduce((sum, { size }) => sum + size, 0) };
  };
  const settled = async () => {
    for (const group of groups) await operator.caughtUp(group);
  };

  test('records that come again while partitions move, and groups that are set back to the beginning, change nothing', async () => {
    const plan = planMall(orders, randomFrom(7));
    const url = () => system.url;
    await stocked(url, plan);
    const { placed, faults } = await placeMall(url, plan.orders, 50, () => {});
    expect([...faults, ...(await settledMall(query(), plan, placed)).faults]).toEqual([]);
    await settled();
    const before = await effects();
    expect(Object.keys(endsOf(before.books)).sort()).toEqual([
      'CANCELLED CANCELLED_BY_CUSTOMER',
      'CANCELLED OUT_OF_STOCK',
      'COMPLETED',
    ]);
    const topics = await operator.topicsOf(groups);
    const { records, ids } = await idsOn(topics);

    const [moved] = await Promise.all([partitionsMove(system), operator.sendAgain(topics)]);
    expect(moved).toEqual(mall().services.map((name) => `${name}-2`));
    await operator.sendAgain(topics);
    await settled();
    expect(await effects()).toEqual(before);
    expect(await idsOn(topics)).toEqual({ records: 4 * records, ids });

    await listener.stop();
    await Promise.all(system.instances.map(({ child }) => child.stop()));
    for (const group of groups) expect(await operator.rewind(group)).toBeGreaterThan(records);
    await Promise.all([...system.instances.map(({ child }) => child.start()), listening.start(bookkeeper)]);
    await settled();
    expect(await effects()).toEqual(before);
    expect(await idsOn(topics)).toEqual({ records: 4 * records, ids });
    expect(system.died).toBeUndefined();
  }, 400_000);
});

/** The second instance of each service is killed and comes back: its partitions go to the first, and some come back. */
async function partitionsMove({ instances }: KafkaSystem): Promise<string[]> {
  const some = instances.filter(({ name }) => name.endsWith('-2'));
  // Each is of another group: none has to wait for the group of the others to miss who is dead.
  const moves = some.map(async ({ child }) => {
    await child.kill();
    await child.start();
  });
  await Promise.all(moves);
  return some.map(({ name }) => name);
}
