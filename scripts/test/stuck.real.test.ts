import { setTimeout } from 'node:timers/promises';
import { Kafka, logLevel } from 'kafkajs';
import { ConfluentRegistry } from 'saga-kit/kafka';
import type { RunningService } from 'saga-kit/runtime';
import { canonical, Codec, subjectOf, targetSchema } from '../../common/kit/src/codec';
import { Teardown, systemEnvironment } from '../../common/kit/src/app';
import { listen, application } from '../../common/kit/src/http';
import { operations } from '../../common/kit/src/http/operations';
import { given } from '../../common/kit/test/given';
import { RealServices } from '../../common/kit/test/real-services';
import { expectLineReplayed, expectStuckEnds, participants, type OnCallSystem } from './stuck-cases';

given(
  'KAFKA_BROKERS',
  'SCHEMA_REGISTRY_URL',
  'MYSQL_URL',
)('whoever is on call of services on Kafka', () => {
  const teardown = new Teardown();
  afterAll(() => teardown.run(), 60_000);

  test('sees and ends a saga whose participant is gone for good, and a line that a bug has parked', async () => {
    const log: string[] = [];
    const say = (_fields: object, message: string) => void log.push(message);
    const silent = () => {};
    const running: RunningService[] = [];
    const services = new RealServices(teardown);
    await services.prepare(...participants);
    const routes = operations({ title: 'Shipping', story: '/stories/:txId' }, running, [], {}, undefined);
    const app = application(routes, { debug: silent, info: silent, warn: silent, error: silent });
    const listening = await listen(app, { host: '127.0.0.1', port: 0 });
    teardown.add(() => listening.close());
    const kafka = new Kafka({ brokers: process.env['KAFKA_BROKERS']!.split(','), logLevel: logLevel.NOTHING });
    const producer = kafka.producer();
    await producer.connect();
    teardown.add(() => producer.disconnect());
    const system: OnCallSystem = {
      url: listening.url,
      log,
      start: async (literal) => {
        const environment = { log: { debug: silent, info: say, warn: say, error: say } };
        const service = await services.start(literal, 1, { environment: (real) => ({ ...real, ...environment }) });
        running.push(service);
        return service;
      },
      stores: (name) => services.storesOf(participants.find((each) => each.name === name)!),
      send: async ({ contract, payload }, { target, txId, id }) => {
        const schema = targetSchema(contract);
        const registry = new ConfluentRegistry(process.env['SCHEMA_REGISTRY_URL']!);
        await registry.register(subjectOf(contract.topic, schema), JSON.stringify(canonical(schema)));
        const codec = new Codec(registry, systemEnvironment('a-test', 'silent').clock);
        await codec.warm({ sends: new Map([[subjectOf(contract.topic, schema), schema]]), listens: [] });
        const envelope = { id, target, txId, causationId: 'a-test', occurredAt: new Date() };
        const value = codec.encode(contract, envelope, payload);
        const again = async () =>
          void (await producer.send({ topic: contract.topic, messages: [{ key: txId, value }] }));
        await again();
        return { again };
      },
      until: async (what, fact) => {
        for (const end = Date.now() + 60_000; !(await fact()); await setTimeout(100))
          if (Date.now() > end) throw new Error(`in vain until ${what}`);
      },
    };
    await expectStuckEnds(system);
    const shop = () => running.find(({ name }) => name === 'shop')!;
    await expectLineReplayed(system, shop);
  }, 240_000);
});
