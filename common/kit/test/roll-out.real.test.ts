import { randomUUID } from 'node:crypto';
import { command, dispatcher, event, orchestrator, record, saga, UnitOfWork } from 'saga-kit';
import { type RunningService, Teardown } from '../src/app';
import { ContainerModule, MessageHandler, service, type ServiceLiteral, UnitsOfWork } from 'saga-kit/service';
import { until } from '../src/conformance/until';
import { given } from './given';
import { RealServices } from './real-services';

/** Names that nothing else has. */
const run = `r${randomUUID().slice(0, 8)}`;
const topics = { asks: `${run}-asks`, answers: `${run}-answers` };

/** As they are now, and with a field more that may be null. */
const was = [{ name: 'item', type: 'string' }] as const;
const is = [...was, { name: 'note', type: ['null', 'string'], default: null }] as const;
const contractsWith = (fields: typeof was | typeof is) => {
  const common = { type: 'record', namespace: run } as const;
  const reply = event({ ...common, name: 'Answered', topic: topics.answers, fields: fields as typeof was });
  return command({ ...common, name: 'Ask', topic: topics.asks, fields: fields as typeof was, reply, refusals: [] });
};
const State = record({ type: 'record', name: 'State', namespace: run, fields: is });

abstract class Work extends UnitOfWork<{}> {}
const literal = (name: string, listener: unknown): ServiceLiteral =>
  service({
    name: `${run}_${name}`,
    migrations: [],
    bindings: new ContainerModule(({ bind }) => {
      bind(Work).toResolvedValue((unitsOfWork) => unitsOfWork.of(Work, {}), [UnitsOfWork]);
      bind(MessageHandler).toConstantValue(listener as MessageHandler);
    }),
  });

/** One version of both services. */
function version(number: number, fields: typeof was | typeof is) {
  const Ask = contractsWith(fields);
  const asking = saga({ name: 'ASKING', state: State, compensatable: [], pivot: { do: Ask } });
  const answered: string[] = [];
  const answers = dispatcher([Ask], Work, {
    Ask: async ({ message, target, txId }) => {
      answered.push(`${target}/${txId}`);
      return Ask.reply.of(message);
    },
  });
  const asks = orchestrator(asking, Work, { completed: async () => {}, rejected: async () => {} });
  return {
    number,
    asking,
    answered,
    asker: literal('asker', asks),
    answerer: literal('answerer', answers),
  };
}

given(
  'KAFKA_BROKERS',
  'SCHEMA_REGISTRY_URL',
  'MYSQL_URL',
)('a contract with a field more', () => {
  const teardown = new Teardown();
  afterAll(() => teardown.run(), 60_000);

  test('is spoken by old and new instances side by side', async () => {
    const [before, after] = [version(1, was), version(2, is)];
    const services = new RealServices(teardown);
    await services.prepare(...[before, after].flatMap(({ asker, answerer }) => [asker, answerer]));
    const askers: RunningService[] = [];
    for (const { number, asker, answerer } of [before, after]) {
      await services.start(answerer, number);
      askers.push(await services.start(asker, number));
    }
    for (const [index, { asking }] of [before, after].entries())
      for (let saga = 0; saga < 30; saga++)
        await askers[index]!.container.get<UnitOfWork<{}>>(Work).run(({ sagas }) =>
          sagas.begin(asking, `${index}-${saga}`, { item: 'x', note: null }),
        );
    const answered = () => new Set([...before.answered, ...after.answered]).size;
    await until('all are answered', () => answered() === 60);
    for (const { answered: own } of [before, after]) {
      const askedBy = new Set(own.map((each) => each.split('/')[1]![0]));
      expect([...askedBy].sort()).toEqual(['0', '1']); // each of them has understood both
    }
    const stores = await services.storesOf(before.asker);
    await until('all sagas have ended', async () => (await stores.sagaStore.open('ASKING')).length === 0);
  }, 120_000);
});
