import { randomUUID } from 'node:crypto';
import { command, dispatcher, event, UnitOfWork } from 'saga-kit';
import { serviceSettings, settingsFrom, startOnKafka, Teardown } from '../src/app';
import { DatabaseFault } from 'saga-kit/runtime';
import { ContainerModule, MessageHandler, service, UnitsOfWork } from 'saga-kit/service';
import { AMysql } from './a-mysql';
import { given } from './given';
import { RealServices } from './real-services';

const run = `s${randomUUID().slice(0, 8)}`;
const common = { type: 'record', namespace: run, fields: [{ name: 'item', type: 'string' }] } as const;
const Answered = event({ ...common, name: 'Answered', topic: `${run}-answers` });
const Ask = command({ ...common, name: 'Ask', topic: `${run}-asks`, reply: Answered, refusals: [] });
abstract class Work extends UnitOfWork<{}> {}

/** How a start ends, one after the other. */
let starts: (Error | undefined)[];
const answerer = service({
  name: `${run}_answerer`,
  migrations: [],
  bindings: new ContainerModule(({ bind }) => {
    bind(Work).toResolvedValue((unitsOfWork) => unitsOfWork.of(Work, {}), [UnitsOfWork]);
    bind(MessageHandler).toConstantValue(dispatcher([Ask], Work, { Ask: async ({ message }) => Answered.of(message) }));
  }),
  started: async () => {
    const failed = starts.shift();
    if (failed) throw failed;
  },
});

given(
  'KAFKA_BROKERS',
  'SCHEMA_REGISTRY_URL',
  'MYSQL_URL',
)('an instance that starts', () => {
  const teardown = new Teardown();
  let mysql: AMysql;
  beforeAll(async () => {
    await new RealServices(teardown).prepare(answerer);
    mysql = await AMysql.make();
    teardown.add(() => mysql.close());
  });
  afterAll(() => teardown.run(), 60_000);

  const start = () => {
    const prefix = `${mysql.database}_`.slice(0, 20);
    teardown.add(() => mysql.ask(`drop database if exists ${prefix}${answerer.name}`));
    const own = { PORT: '0', HOST: '127.0.0.1', LOG_LEVEL: 'silent', MYSQL_DATABASE_PREFIX: prefix };
    return startOnKafka(answerer, settingsFrom(serviceSettings, { ...process.env, ...own }), (error) => {
      throw error;
    });
  };

  test('begins anew when it has lost its database meanwhile', async () => {
    starts = [new DatabaseFault('lost', 'gone'), new DatabaseFault('lost', 'gone'), undefined];
    const system = await start();
    expect(starts).toEqual([]);
    await system.stop();
  });

  test('does not when something else is wrong', async () => {
    starts = [new Error('there is no such thing'), undefined];
    await expect(start()).rejects.toThrow('there is no such thing');
    expect(starts).toEqual([undefined]);
  });
});
