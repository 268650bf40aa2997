import { defaultDeadlineMs, orchestrator, saga, UnitOfWork } from 'saga-kit';
import { ContainerModule, MessageHandler, service, type ServiceLiteral, UnitsOfWork } from 'saga-kit/service';
import { type Log, type SagaRow, sagaTable } from 'saga-kit/runtime';
import { worldWith, type World } from 'saga-kit/testing';
import { inserts, write } from '../src/conformance/transacting';
import { Carry, Parcel } from './a-shipping';
import { Pack } from './a-shop';

let world: World;
afterEach(() => world.close());

/** What is looked for at a time. */
const dueMax = 500;

test.each([
  { what: 'of a saga that nobody here knows', saga: 'GONE' },
  { what: 'that a newer program has written', saga: 'SHIPPING' },
])('however many waits $what are over, those of others end', async ({ saga }) => {
  world = await worldWith({}, aShipping());
  const rows = Array.from({ length: 2 * dueMax }, (_, index) => anOverdue(saga, `${index}`));
  await write(world.storesOf('shipping'), inserts(sagaTable, ...rows));
  await begin('good', 'good');
  await world.pass(defaultDeadlineMs + 10_000);
  expect(ended).toEqual(['good']);
});

test('however many sagas cannot be ended, others are, and it is said once', async () => {
  const warnings: string[] = [];
  const quiet = () => {};
  const warn: Log['warn'] = (_fields, message) => void warnings.push(message);
  world = await worldWith({ log: { debug: quiet, info: quiet, warn, error: quiet } }, aShipping());
  for (let bad = 0; bad < 2 * dueMax; bad++) void begin(`${bad}`, 'bad');
  await world.pass(1_000);
  await begin('good', 'good');
  await world.pass(defaultDeadlineMs + 10_000);
  expect(ended).toEqual(['good']);
  expect(warnings).toEqual(['could not act on a wait that is over; perhaps on others like it neither']);
});

const ended: string[] = [];
beforeEach(() => ended.splice(0));

abstract class ShippingWork extends UnitOfWork<{}> {}
const impatient = saga({
  name: 'SHIPPING',
  state: Parcel,
  compensatable: [{ do: Pack, undo: 'nothing' }],
  pivot: { do: Carry },
});
const begin = (txId: string, item: string) =>
  world.work('shipping', ShippingWork).run(({ sagas }) => sagas.begin(impatient, txId, { item, count: 1 }));

/** Nobody packs anything, and what is bad cannot be ended. */
const aShipping = (): ServiceLiteral =>
  service({
    name: 'shipping',
    migrations: [],
    bindings: new ContainerModule(({ bind }) => {
      bind(ShippingWork).toResolvedValue((unitsOfWork) => unitsOfWork.of(ShippingWork, {}), [UnitsOfWork]);
      bind(MessageHandler).toConstantValue(
        orchestrator(impatient, ShippingWork, {
          completed: async () => {},
          rejected: async ({ item }) => {
            if (item === 'bad') throw new Error('the end does not fit');
            ended.push(item);
          },
        }),
      );
    }),
  });

const anOverdue = (saga: string, txId: string): SagaRow => ({
  ...{ id: `${saga}/${txId}`, saga, version: 'another', status: 'running', step: 'Pack', state: Buffer.of(1) },
  ...{ refusedStep: null, code: null, errorMessage: null, attempts: 1, needsOperator: false, paused: false, events: 1 },
  ...{ dueAt: new Date(0), startedAt: new Date(0), updatedAt: new Date(0), traceparent: null, history: null },
});
