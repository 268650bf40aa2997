import { randomUUID } from 'node:crypto';
import { command, dispatcher, event, orchestrator, record, saga, UnitOfWork } from 'saga-kit';
import { type RunningService, systemClock, Teardown } from '../src/app';
import { ContainerModule, MessageHandler, service, type ServiceLiteral, UnitsOfWork } from 'saga-kit/service';
import type { Log } from 'saga-kit/runtime';
import { SkewedClock } from 'saga-kit/testing';
import { until } from '../src/conformance/until';
import { given } from './given';
import { RealServices } from './real-services';

const run = `c${randomUUID().slice(0, 8)}`;
const fields = [{ name: 'item', type: 'string' }] as const;
const common = { type: 'record', namespace: run, fields } as const;
const Answered = event({ ...common, name: 'Answered', topic: `${run}-answers` });
const Ask = command({ ...common, name: 'Ask', topic: `${run}-asks`, reply: Answered, refusals: [] });
const State = record({ ...common, name: 'State' });
const pendingCommand = saga({
  name: 'ASKING',
  state: State,
  compensatable: [{ do: Ask, undo: 'nothing', deadlineMs: 110_000 }],
});

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

const refused: string[] = [];
const asker = literal(
  'asker',
  orchestrator(pendingCommand, Work, {
    completed: async () => {},
    rejected: async ({ item }, { errorMessage }) => void refused.push(`${item}: ${errorMessage}`),
  }),
);
const answerer = literal('answerer', dispatcher([Ask], Work, { Ask: async ({ message }) => Answered.of(message) }));
const aheadMs = [120_000, -120_000]; // more than the deadline
const stepMs = [70_000, -70_000];

given(
  'KAFKA_BROKERS',
  'SCHEMA_REGISTRY_URL',
  'MYSQL_URL',
)('instances on one database whose clocks are four minutes apart', () => {
  const teardown = new Teardown();
  afterAll(() => teardown.run(), 60_000);

  test('give up nothing that has its answer in time, nor when their clocks make a step', async () => {
    const services = new RealServices(teardown);
    await services.prepare(asker, answerer);
    const clocks = aheadMs.map((ms) => new SkewedClock(systemClock, ms));
    const looks = [0, 0];
    const warnings: string[][] = [[], []];
    const askers: RunningService[] = [];
    for (const [index, clock] of clocks.entries()) {
      const quiet = () => {};
      const warn: Log['warn'] = (_, message) => void warnings[index]!.push(message);
      const log = { debug: quiet, info: quiet, warn, error: quiet };
      askers.push(
        await services.start(asker, index, {
          environment: (real) => ({ ...real, clock, log }),
          stores: ({ sagaStore, ...others }) => {
            const due = sagaStore.due.bind(sagaStore);
            sagaStore.due = (...asked) => {
              looks[index]!++;
              return due(...asked);
            };
            return { ...others, sagaStore };
          },
        }),
      );
    }
    const looked = async () => {
      const before = [...looks];
      await until('each has looked for what is due', () => looks.every((count, index) => count > before[index]! + 3));
    };
    await looked();
    for (const [index, { container }] of askers.entries())
      for (let number = 0; number < 10; number++)
        await container
          .get<UnitOfWork<{}>>(Work)
          .run(({ sagas }) => sagas.begin(pendingCommand, `${index}-${number}`, { item: `${index}-${number}` }));
    await looked();
    for (const [index, clock] of clocks.entries()) clock.set(stepMs[index]!);
    await looked();
    expect(refused).toEqual([]);
    await services.start(answerer);
    const { sagaStore } = await services.storesOf(asker);
    await until('all have ended', async () => (await sagaStore.open('ASKING')).length === 0);
    expect(refused).toEqual([]);
    for (const [index, said] of warnings.entries()) {
      const where = index === 0 ? 'ahead of' : 'behind';
      const [apart, step, further, ...more] = said.filter((each) => each.includes('clock'));
      expect(apart).toMatch(RegExp(`^the clock of this machine is 1(19|20)\\d{3} ms ${where} the database's`));
      expect(step).toMatch('the clock of this machine was set, or the machine slept');
      expect(further).toMatch(RegExp(`^the clock of this machine is 1(89|90)\\d{3} ms ${where} the database's`));
      expect(more).toEqual([]);
    }
  }, 180_000);
});
