import { randomUUID } from 'node:crypto';
import { Kafka, logLevel } from 'kafkajs';
import { command, dispatcher, event, UnitOfWork } from 'saga-kit';
import { ConfluentRegistry } from 'saga-kit/kafka';
import { ContainerModule, MessageHandler, service, UnitsOfWork } from 'saga-kit/service';
import { SkewedClock } from 'saga-kit/testing';
import { Teardown } from '../src/app';
import { canonical, Codec, subjectOf, targetSchema } from '../src/codec';
import { until } from '../src/conformance/until';
import { given } from './given';
import { RealServices } from './real-services';

/** Names that nothing else has. */
const run = `r${randomUUID().slice(0, 8)}`;
const fields = [{ name: 'item', type: 'string' }] as const;
const part = { type: 'record', namespace: run, fields } as const;
const Answered = event({ ...part, name: 'Answered', topic: `${run}-answers` });
const Ask = command({ ...part, name: 'Ask', topic: `${run}-asks`, reply: Answered, refusals: [] });
abstract class Work extends UnitOfWork<{}> {}

const handled: string[] = [];
const literal = service({
  name: `${run}_answerer`,
  migrations: [],
  bindings: new ContainerModule(({ bind }) => {
    bind(Work).toResolvedValue((unitsOfWork) => unitsOfWork.of(Work, {}), [UnitsOfWork]);
    const answers = dispatcher([Ask], Work, {
      Ask: async ({ message }) => {
        handled.push(message.item);
        return Answered.of(message);
      },
    });
    bind(MessageHandler).toConstantValue(answers);
  }),
});

const dayMs = 86_400_000;
const ada = { who: 'Ada', reason: 'the disk is full' };
/** Kafka's defaults are a week, and a week for a segment. */
const horizons = { inbox: 22, sagas: 0, parked: 0 };

given(
  'KAFKA_BROKERS',
  'SCHEMA_REGISTRY_URL',
  'MYSQL_URL',
)('what is kept on Kafka and in MySQL', () => {
  const teardown = new Teardown();
  afterAll(() => teardown.run(), 60_000);

  /** The same instance, so many days later. */
  const after = (days: number) => ({
    horizons,
    environment: <Real extends { clock: ConstructorParameters<typeof SkewedClock>[0] }>(real: Real): Real => ({
      ...real,
      clock: new SkewedClock(real.clock, days * dayMs),
    }),
    stores: <Real extends { clock: { nowMs(): Promise<number | undefined> } }>(real: Real): Real => ({
      ...real,
      clock: { nowMs: async () => (await real.clock.nowMs())! + days * dayMs },
    }),
  });

  test('is purged by hand after its horizon; what comes again then is parked, and its replay refused', async () => {
    const services = new RealServices(teardown);
    await services.prepare(literal);
    const brokers = process.env['KAFKA_BROKERS']!.split(',');
    const producer = new Kafka({ brokers, logLevel: logLevel.NOTHING }).producer();
    await producer.connect();
    teardown.add(() => producer.disconnect());
    const messages = [{ key: 'a', value: await anAsk() }];
    await producer.send({ topic: Ask.topic, messages });
    const today = await services.start(literal, 1, after(0));
    await until('it is handled', async () => handled.length === 1);
    await today.stop();

    const later = await services.start(literal, 1, after(30));
    const { retention, parked } = later.service.operators;
    const would = await retention.purge(ada);
    expect(would).toMatchObject({ outcome: 'would', does: expect.stringContaining(' 1 rows of the inbox ') });
    await until('it is purged', async () => {
      const done = await retention.purge({ ...ada, version: 'version' in would ? would.version : '' });
      return done.outcome === 'done';
    });
    expect((await retention.list()).kinds.find(({ kind }) => kind === 'inbox')).toMatchObject({
      rows: 0,
      purged: { rows: 1 },
    });
    await producer.send({ topic: Ask.topic, messages });
    await until('it is parked', async () => (await parked.list({}, 1)).length === 1);
    const [row] = await parked.list({}, 1);
    expect(row).toMatchObject({ reason: 'forgotten', error: expect.stringContaining('is remembered since') });
    expect(await parked.act('replay', row!.id, ada)).toEqual({ outcome: 'refused', detail: row!.error });
    expect(handled).toEqual(['a']);
  }, 120_000);

  test('is not purged with a horizon that is too short for the topics: the service says what to set, and does not start', async () => {
    const services = new RealServices(teardown);
    await services.prepare(literal);
    await expect(services.start(literal, 2, { horizons: { ...horizons, inbox: 21 } })).rejects.toThrow(
      /^RETENTION_INBOX_DAYS has to be at least 22, or 0 to purge nothing, and not 21: topic \S+-asks may hand a record over again for 14.1 days \(cleanup.policy=delete, retention.ms=604800000, segment.ms=604800000\)/,
    );
  }, 60_000);
});

async function anAsk(): Promise<Buffer> {
  const clock = { now: () => new Date(), monotonicMs: () => performance.now(), after: () => () => {}, soon: () => {} };
  const registry = new ConfluentRegistry(process.env['SCHEMA_REGISTRY_URL']!);
  const codec = new Codec(registry, clock);
  const schema = targetSchema(Ask);
  await registry.register(subjectOf(Ask.topic, schema), JSON.stringify(canonical(schema)));
  await codec.warm({ sends: new Map([[subjectOf(Ask.topic, schema), schema]]), listens: [] });
  const envelope = { id: 'T/a/Ask', target: 'T', txId: 'a', causationId: 'a-test', occurredAt: new Date() };
  return codec.encode(Ask, envelope, { item: 'a' });
}
