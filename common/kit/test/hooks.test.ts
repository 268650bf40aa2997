import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dispatcher, UnitOfWork, type Repository } from 'saga-kit';
import { problem, route, Routes } from 'saga-kit/http';
import {
  ContainerModule,
  createsTable,
  key,
  MessageHandler,
  SampleData,
  service,
  table,
  UnitsOfWork,
  type ServiceLiteral,
} from 'saga-kit/service';
import { worldOf, type World } from 'saga-kit/testing';
import { embeddedSettings, settingsFrom, startEmbedded } from 'saga-kit/tools';
import { Pack, Packed } from './a-shop';

type Mark = Readonly<{ name: string }>;
const markTable = table<Mark>('marks', { name: key(20) });
abstract class MarkWork extends UnitOfWork<{ marks: Repository<Mark> }> {}

/** A service that notes what happens to it, and answers over HTTP. */
function aService(hooks: Pick<ServiceLiteral, 'started' | 'stopping'>, happened: string[] = []) {
  const ask = { method: 'GET', path: '/', summary: 'Answers', answers: {} } as const;
  return service({
    name: 'shop',
    migrations: [createsTable('shop-001-marks', markTable)],
    bindings: new ContainerModule(({ bind }) => {
      bind(MarkWork).toResolvedValue((works) => works.of(MarkWork, { marks: markTable }), [UnitsOfWork]);
      bind(MessageHandler).toConstantValue(
        dispatcher([Pack], MarkWork, {
          Pack: async ({ message }, { marks }) => {
            marks.put({ name: message.item });
            return Packed.of(message);
          },
        }),
      );
      bind(SampleData).toConstantValue({ load: async () => void happened.push('sample data') });
      bind(Routes).toConstantValue({ routes: [route({ ...ask, path: '/marks' }, async () => problem(404, 'none'))] });
    }),
    ...hooks,
  });
}
const mark = (work: UnitOfWork<{ marks: Repository<Mark> }>, name: string) =>
  work.run(async ({ marks }) => marks.put({ name }));
const marksIn = (world: World) =>
  world.storesOf('shop').reader.query(async (knex) => knex('marks').pluck('name').orderBy('name'));

let world: World | undefined;
let folder: string | undefined;
afterEach(async () => {
  await world?.close();
  if (folder !== undefined) await rm(folder, { recursive: true });
  world = folder = undefined;
});

test('a hook may use whatever the service has bound, when it has started and before it stops', async () => {
  world = await worldOf(
    aService({
      started: (container) => mark(container.get(MarkWork), 'started'),
      stopping: (container) => mark(container.get(MarkWork), 'stopping'),
    }),
  );
  await world.settled();
  expect(await marksIn(world)).toEqual(['started']);
  await world.stop('shop');
  expect(await marksIn(world)).toEqual(['started', 'stopping']);
});

test('a service that is killed calls nothing', async () => {
  const stopping = jest.fn(async () => {});
  world = await worldOf(aService({ stopping }));
  await world.crash('shop');
  expect(stopping).not.toHaveBeenCalled();
});

test('a service whose hook fails does not start, and lets go of its instance and its group', async () => {
  world = await worldOf();
  const stopping = jest.fn(async () => {});
  const failing = aService({ started: () => Promise.reject(new Error('the price list is missing')), stopping });
  await expect(world.start(failing)).rejects.toThrow('the price list is missing');
  await world.start(aService({})); // which would wait for the instance lock
  await world.send(Pack.of({ item: 'a', count: 1 }), { target: 'A_TEST', txId: 'a' });
  await world.settled();
  expect(await marksIn(world)).toEqual(['a']);
  expect(stopping).not.toHaveBeenCalled();
});

test('a service whose last words fail lets go of everything nevertheless, and says so', async () => {
  world = await worldOf(aService({ stopping: () => Promise.reject(new Error('the door is stuck')) }));
  await expect(world.stop('shop')).rejects.toThrow('the door is stuck');
  await world.start(aService({}));
  await world.settled();
});

test('the order is: started, sample data, HTTP; and, when it ends, HTTP, stopping', async () => {
  folder = await mkdtemp(join(tmpdir(), 'saga-kit-'));
  const settings = { ...settingsFrom(embeddedSettings, { PORT: '0', LOG_LEVEL: 'silent' }), DATA_DIR: folder };
  const happened: string[] = [];
  let url = '';
  const answers = () =>
    fetch(`${url}/health/live`).then(
      () => 'answers',
      () => 'is silent',
    );
  const literal = aService(
    {
      started: async () => void happened.push('started'),
      stopping: async () => void happened.push(`stopping, HTTP ${await answers()}`),
    },
    happened,
  );
  const started = await startEmbedded([literal], settings, (error) => {
    throw error;
  });
  url = started.url;
  happened.push(`HTTP ${await answers()}`);
  await started.stop();
  expect(happened).toEqual(['started', 'sample data', 'HTTP answers', 'stopping, HTTP is silent']);
});
