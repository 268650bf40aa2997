import { projection } from 'saga-kit';
import { type Log } from 'saga-kit/runtime';
import { faultyStores, worldOf, worldWith, type World } from 'saga-kit/testing';
import {
  AlsoTakenWork,
  aWarehouse,
  CountsWork,
  stockAggregate,
  StockWork,
  takenByOrder,
  TakenWork,
  withCounts,
  type StockEvent,
} from './a-warehouse';

let world: World;
afterEach(() => world.close());

const take = (orderId: string, quantity: number, id = 'p') =>
  world.work('warehouse', StockWork).run(async ({ stock }) => {
    await stock.get(id);
    stock.append(id, [
      { type: 'StockIncreased', quantity },
      { type: 'StockDecreased', quantity, orderId },
    ]);
  });
const taken = (orderId: string) => world.work('warehouse', TakenWork).read((ports) => ports.taken.get(orderId));
const projections = () => world.service('warehouse').projections;
const rows = async (name: string): Promise<any[]> =>
  world.storesOf('warehouse').reader.query(async (knex) => knex(name).select());

/** What the events say that the read model has to be. */
async function fold(): Promise<Map<string, number>> {
  const sums = new Map<string, number>();
  for (const { type, payload } of await rows('kit_events')) {
    const { orderId, quantity } = JSON.parse(payload as string) as Extract<StockEvent, { orderId: string }>;
    if (type === 'StockDecreased') sums.set(orderId, (sums.get(orderId) ?? 0) + quantity);
  }
  return sums;
}
const readModel = async () =>
  new Map((await rows('taken')).map((row) => [row.order_id as string, Number(row.quantity)] as const));

test('a read model follows the events, and a settled world is one in which it has', async () => {
  world = await worldOf(aWarehouse());
  await Promise.all(Array.from({ length: 1_200 }, (_, count) => take(`o-${count % 7}`, 1)));
  await world.settled();
  expect(await taken('o-0')).toEqual({ orderId: 'o-0', quantity: 172, times: 172 });
  expect(await readModel()).toEqual(await fold());
  expect(await projections().list()).toEqual([
    { name: 'taken-by-order', phase: 'running', position: 2_400, behind: 0, failure: null },
  ]);
});

test('what this process commits is projected at once, and what it finds at its start too', async () => {
  world = await worldOf(aWarehouse());
  await take('o', 4);
  await world.pass(0);
  expect(await taken('o')).toMatchObject({ quantity: 4 });
  await world.stop('warehouse');
  await world.start(aWarehouse([]));
  await take('o', 3);
  await world.stop('warehouse');
  await world.start(aWarehouse());
  await world.pass(0);
  expect(await taken('o')).toMatchObject({ quantity: 7 });
  await world.settled();
});

test('a world is busy while a projection is', async () => {
  const slow = projection('slow', TakenWork, [stockAggregate], {
    stock: {
      StockIncreased: 'ignored',
      StockDecreased: async ({ event: { orderId, quantity } }, ports) => {
        for (let turn = 0; turn < 20; turn++) await new Promise<void>((over) => void setImmediate(over));
        ports.taken.put({ orderId, quantity, times: 1 });
      },
    },
  });
  world = await worldOf(aWarehouse([slow]));
  await take('o', 4);
  await world.pass(0);
  expect(await taken('o')).toMatchObject({ quantity: 4 });
  await world.settled();
});

test('each event is applied once, however commits fail and wherever the process ends', async () => {
  let commits = 0;
  const faults = ['lost after', 'conflict', undefined, 'lost', undefined] as const;
  world = await worldWith(
    {
      stores: (stores) =>
        faultyStores(stores, (written) =>
          [...written.keys()].some(({ name }) => name === 'kit_projections')
            ? faults[commits++ % faults.length]
            : undefined,
        ),
    },
    aWarehouse(),
  );
  for (let round = 0; round < 4; round++) {
    await Promise.all(Array.from({ length: 10 }, () => take(`o-${round}`, 1)));
    await world.crash('warehouse');
    await world.start(aWarehouse());
    await world.settled();
    expect(await taken(`o-${round}`)).toEqual({ orderId: `o-${round}`, quantity: 10, times: 10 });
  }
  expect(commits).toBeGreaterThan(4);
});

test('a projection that fails is tried again, holds up nobody, and is named in the log and in the health', async () => {
  const logged: { record: object; text: string }[] = [];
  const note = (record: object, text: string) => void logged.push({ record, text });
  const log = { debug: () => {}, info: () => {}, warn: note, error: note } as Log;
  let isBroken = true;
  let tries = 0;
  const broken = projection('broken', CountsWork, [stockAggregate], {
    stock: {
      StockIncreased: 'ignored',
      StockDecreased: async ({ event: { orderId, quantity } }, { counts }) => {
        if (orderId === 'bad') tries++;
        if (isBroken && orderId === 'bad') throw new Error('it is not to be');
        counts.put({ id: orderId, count: ((await counts.get(orderId))?.count ?? 0) + quantity });
      },
    },
  });
  world = await worldWith({ log }, withCounts([takenByOrder, broken]));
  for (const orderId of ['good', 'bad', 'late']) await take(orderId, 1);
  await world.pass(3_000);
  expect((await rows('counts')).map(({ id }) => id as string)).toEqual(['good']); // what is before it stands
  expect(await taken('late')).toMatchObject({ quantity: 1 });
  expect(logged).toEqual([
    {
      record: {
        projection: 'broken',
        event: 'stock/p/0000000004 (StockDecreased, position 4)',
        error: expect.stringMatching(/^Error at /),
      },
      text: expect.stringContaining('cannot go on'),
    },
  ]);
  const { service, metrics } = world.service('warehouse');
  expect(service.health()).toEqual({
    ready: true,
    reasons: [
      'the projection broken cannot go on at stock/p/0000000004 (StockDecreased, position 4): "saga-kit projections list" says why',
    ],
  });
  const failure = 'at stock/p/0000000004 (StockDecreased, position 4): it is not to be';
  expect(await service.projections.list()).toContainEqual(expect.objectContaining({ name: 'broken', failure }));
  const text = await metrics.registry.metrics();
  expect(text).toContain('saga_kit_projection_events_behind{projection="broken",service="warehouse"} 3');
  expect(text).toContain('saga_kit_projection_events_behind{projection="taken-by-order",service="warehouse"} 0');
  await world.pass(600_000);
  expect(tries).toBeLessThan(30); // pauses grow up to a minute
  isBroken = false;
  await world.settled();
  expect(await rows('counts')).toHaveLength(3);
  expect(service.health().reasons).toEqual([]);
});

test('a row that the database refuses holds up its event only, and those before it are applied', async () => {
  let charsMax = 'bad'.length;
  const tight = projection('tight', CountsWork, [stockAggregate], {
    stock: {
      StockIncreased: 'ignored',
      StockDecreased: async ({ event: { orderId } }, { counts }) =>
        counts.put({ id: orderId.slice(0, charsMax), count: orderId.length > charsMax ? 0.5 : 1 }),
    },
  });
  world = await worldOf(withCounts([tight]));
  await Promise.all(['a', 'b', 'worse', 'c'].map((orderId) => take(orderId, 1)));
  await world.pass(5_000);
  expect((await rows('counts')).map(({ id }) => id as string)).toEqual(['a', 'b']);
  charsMax = 'worse'.length;
  await world.settled();
  expect((await rows('counts')).map(({ id }) => id as string)).toEqual(['a', 'b', 'worse', 'c']);
});

test('a projection is rebuilt from nothing while work goes on, and agrees with the streams', async () => {
  world = await worldOf(aWarehouse());
  await Promise.all(Array.from({ length: 700 }, (_, count) => take(`before-${count}`, 1)));
  await world.settled();
  await world
    .storesOf('warehouse')
    .reader.query(async (knex) => knex('taken').where({ order_id: 'before-5' }).update({ quantity: 99 }));
  const during = Array.from({ length: 300 }, (_, count) => take(`during-${count % 50}`, 1));
  expect(await projections().rebuild('taken-by-order')).toBe(true);
  await Promise.all([...during, ...Array.from({ length: 300 }, (_, count) => take(`before-${count}`, 1))]);
  await world.settled();
  expect(await readModel()).toEqual(await fold());
  expect((await readModel()).size).toBe(750);
  expect(await rows('kit_projections')).toMatchObject([{ phase: 'running', position: 2_600, rebuilds: 1 }]);
});

test('a rebuild is begun anew by another one, and goes on after a crash in its middle', async () => {
  world = await worldOf(aWarehouse());
  await Promise.all(Array.from({ length: 1_500 }, (_, count) => take(`o-${count}`, 1)));
  await world.settled();
  await projections().rebuild('taken-by-order');
  await projections().rebuild('taken-by-order');
  await world.crash('warehouse');
  expect((await rows('kit_projections'))[0]).toMatchObject({ rebuilds: 2 });
  await world.start(aWarehouse());
  await world.settled();
  expect(await readModel()).toEqual(await fold());
  expect(await projections().rebuild('nobody')).toBe(false);
});

test('a projection that is new begins with the first event there is', async () => {
  world = await worldOf(aWarehouse([]));
  await take('o', 4);
  await world.settled();
  expect(await readModel()).toEqual(new Map());
  await world.stop('warehouse');
  await world.start(aWarehouse());
  await world.settled();
  expect(await readModel()).toEqual(new Map([['o', 4]]));
});

test('an event of a type that a program does not know yet waits for the newer one', async () => {
  world = await worldOf(aWarehouse());
  const older = { ...takenByOrder, handlers: { stock: { StockIncreased: 'ignored' as const } } };
  await world.stop('warehouse');
  await world.start(aWarehouse([older]));
  await take('o', 1);
  await world.pass(1_000);
  expect(await world.service('warehouse').projections.list()).toMatchObject([
    { failure: expect.stringContaining('it has no handler for StockDecreased of stock') },
  ]);
  await world.stop('warehouse');
  await world.start(aWarehouse());
  await world.settled();
  expect(await readModel()).toEqual(new Map([['o', 1]]));
});

test('what would take the rows of others is refused at the start', async () => {
  world = await worldOf();
  const refused: readonly (readonly [ReturnType<typeof aWarehouse>, string])[] = [
    [aWarehouse([takenByOrder, takenByOrder]), 'two projections are called taken-by-order'],
    [
      withCounts([takenByOrder, { ...takenByOrder, name: 'twin', work: AlsoTakenWork }]),
      'is in another unit of work too',
    ],
    [aWarehouse([{ ...takenByOrder, work: StockWork }]), 'has an aggregate'],
  ];
  for (const [literal, reason] of refused) await expect(world.start(literal)).rejects.toThrow(reason);
});
