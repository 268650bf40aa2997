import { EventHistory, type Table } from 'saga-kit/service';
import { faultyStores, worldOf, worldWith, type World } from 'saga-kit/testing';
import { aggregate } from 'saga-kit';
import * as fc from 'fast-check';
import {
  aWarehouse,
  counterAggregate,
  evolve,
  stockAggregate,
  StockWork,
  type Stock,
  type StockEvent,
} from './a-warehouse';

let world: World;
afterEach(() => world.close());

const increased = (quantity: number): StockEvent => ({ type: 'StockIncreased', quantity });
const append = (id: string, ...events: readonly StockEvent[]) =>
  world.work('warehouse', StockWork).run(async ({ stock }) => {
    await stock.get(id);
    stock.append(id, events);
    return stock.get(id);
  });
const stateOf = (id: string): Promise<Stock> => world.work('warehouse', StockWork).read(({ stock }) => stock.get(id));
const historyOf = (id: string, page?: { after?: number; limit?: number }) =>
  world.get('warehouse', EventHistory).of(stockAggregate, id, page);
const rows = async (name: string): Promise<any[]> =>
  world.storesOf('warehouse').reader.query(async (knex) => knex(name).select());

test('an aggregate of which nothing has happened is in its initial state', async () => {
  world = await worldOf(aWarehouse());
  expect(await stateOf('p')).toEqual({ left: 0, moves: 0 });
  expect(await historyOf('p')).toEqual([]);
});

test('what is appended is folded, seen by the same transaction, and remembered with its version and its cause', async () => {
  world = await worldOf(aWarehouse());
  expect(await append('p', increased(5), increased(2))).toEqual({ left: 7, moves: 2 });
  expect(await append('p', { type: 'StockDecreased', quantity: 3, orderId: 'o' })).toEqual({ left: 4, moves: 3 });
  expect(await stateOf('p')).toEqual({ left: 4, moves: 3 });
  const history = await historyOf('p');
  expect(history.map(({ id, version, event }) => [id, version, event])).toEqual([
    ['p', 1, increased(5)],
    ['p', 2, increased(2)],
    ['p', 3, { type: 'StockDecreased', quantity: 3, orderId: 'o' }],
  ]);
  expect(history[0]!.causationId).toBe(history[1]!.causationId);
  expect(history[2]!.causationId).not.toBe(history[1]!.causationId);
  expect(history[0]!.at).toBeInstanceOf(Date);
  await world.settled();
});

test('a history is read page by page', async () => {
  world = await worldOf(aWarehouse());
  for (let count = 0; count < 25; count++) await append('p', increased(1));
  await append('p/0000000002', increased(1)); // its events sort among those of p
  const versions = async (page?: { after?: number; limit?: number }) =>
    (await historyOf('p', page)).map(({ version }) => version);
  expect(await versions({ limit: 3 })).toEqual([1, 2, 3]);
  expect(await versions({ after: 3, limit: 2 })).toEqual([4, 5]);
  expect(await versions({ after: 23 })).toEqual([24, 25]);
  expect(await versions()).toHaveLength(25);
  await world.settled();
});

test('many calls at once append one after the other: versions have no gap, positions neither, and nothing is lost', async () => {
  world = await worldOf(aWarehouse());
  const ids = ['a', 'b', 'c'];
  await Promise.all(Array.from({ length: 150 }, (_, count) => append(ids[count % 3]!, increased(1), increased(2))));
  for (const id of ids) {
    expect(await stateOf(id)).toEqual({ left: 150, moves: 100 });
    const versions = (await historyOf(id)).map(({ version }) => version);
    expect(versions).toEqual(Array.from({ length: 100 }, (_, index) => index + 1));
  }
  const positions = (await rows('kit_events')).map(({ position }) => position as number);
  expect(positions.sort((one, other) => one - other)).toEqual(Array.from({ length: 300 }, (_, index) => index + 1));
  await world.settled();
});

test('nothing is appended without a look at the state, and a work that only looks appends nothing', async () => {
  world = await worldOf(aWarehouse());
  const work = world.work('warehouse', StockWork);
  await expect(work.run(async ({ stock }) => stock.append('p', [increased(1)]))).rejects.toThrow(
    'await its get() first',
  );
  const looks = work.read(async ({ stock }) => {
    await stock.get('p');
    stock.append('p', [increased(1)]);
  });
  await expect(looks).rejects.toThrow('read only looks');
  await expect(work.read(({ stock }) => stock.get('a b'))).rejects.toThrow('printable ASCII');
  expect(await rows('kit_events')).toEqual([]);
  await world.settled();
});

test('a call that throws has appended nothing, and takes no version and no position', async () => {
  world = await worldOf(aWarehouse());
  await append('p', increased(1));
  const fails = world.work('warehouse', StockWork).run(async ({ stock }) => {
    await stock.get('p');
    stock.append('p', [increased(100)]);
    throw new Error('a slip');
  });
  await Promise.all([expect(fails).rejects.toThrow('a slip'), append('p', increased(2))]);
  expect(await stateOf('p')).toEqual({ left: 3, moves: 2 });
  expect((await rows('kit_events')).map(({ version, position }) => [version, position])).toEqual([
    [1, 1],
    [2, 2],
  ]);
  await world.settled();
});

test('a snapshot is taken by count, and saves the events before it', async () => {
  let loaded: unknown[] = [];
  world = await worldWith(
    {
      stores: (stores) => ({
        ...stores,
        database: {
          ...stores.database,
          open: (instance) => stores.database.open(instance),
          close: () => stores.database.close(),
          look: async (wanted) => {
            for (const [table, entries] of wanted as ReadonlyMap<Table, readonly { id: unknown }[]>)
              if (table.name === 'kit_events') loaded.push(...entries.map(({ id }) => id));
            await stores.database.look(wanted);
          },
        },
      }),
    },
    aWarehouse(),
  );
  for (let count = 0; count < 12; count++) await append('p', increased(1));
  await world.settled();
  loaded = [];
  expect(await stateOf('p')).toEqual({ left: 12, moves: 12 });
  expect(loaded).toEqual(['stock/p/0000000011', 'stock/p/0000000012']);
  expect(await rows('kit_streams')).toMatchObject([{ id: 'stock/p', version: 12, snapshot_at: 10 }]);
});

test('a snapshot of another version of the state is not used', async () => {
  world = await worldOf(aWarehouse());
  for (let count = 0; count < 12; count++) await append('p', increased(1));
  await world.stop('warehouse');
  const doubled = aggregate({
    ...stockAggregate,
    evolve: (state: Stock, event: StockEvent) => evolve(state, { ...event, quantity: event.quantity * 2 }),
    snapshotVersion: 2,
  });
  await world.start(aWarehouse([], doubled));
  expect(await stateOf('p')).toEqual({ left: 24, moves: 12 });
  await append('p', increased(1));
  expect(await stateOf('p')).toEqual({ left: 26, moves: 13 });
  expect(await rows('kit_streams')).toMatchObject([{ version: 13, snapshot_at: 13, snapshot_version: 2 }]);
  await world.settled();
});

test('a state may be any plain value, and two kinds of aggregates may share their ids', async () => {
  world = await worldOf(aWarehouse());
  const count = () =>
    world.work('warehouse', StockWork).run(async ({ counters, stock }) => {
      await Promise.all([counters.get('p'), stock.get('p')]);
      counters.append('p', [{ type: 'Counted', by: 2 }]);
      stock.append('p', [increased(1)]);
      return counters.get('p');
    });
  for (let expected = 2; expected <= 240; expected += 2) expect(await count()).toBe(expected);
  expect(await stateOf('p')).toEqual({ left: 120, moves: 120 });
  expect(await world.get('warehouse', EventHistory).of(counterAggregate, 'p')).toHaveLength(100);
  await world.settled();
});

test('commits that fail in every way are repeated: what was appended is there once, in the order of positions', async () => {
  const faults = ['conflict', 'lost', 'lost after', 'duplicate', undefined] as const;
  let commits = 0;
  world = await worldWith(
    {
      stores: (stores) =>
        faultyStores(stores, (written) =>
          [...written.keys()].some(({ name }) => name === 'kit_events') ? faults[commits++ % faults.length] : undefined,
        ),
    },
    aWarehouse(),
  );
  const appending = Array.from({ length: 20 }, (_, count) => append(`p-${count % 2}`, increased(1)));
  await world.settled();
  await Promise.all(appending);
  for (const id of ['p-0', 'p-1']) expect(await stateOf(id)).toEqual({ left: 10, moves: 10 });
  expect((await rows('kit_events')).map(({ position }) => position as number).sort((a, b) => a - b)).toEqual(
    Array.from({ length: 20 }, (_, index) => index + 1),
  );
  expect(await rows('kit_event_positions')).toEqual([{ id: 'last', position: 20 }]);
});

test('however calls interleave, versions are without a gap, and snapshots change nothing but the time it takes', async () => {
  world = await worldOf(aWarehouse());
  const work = world.work('warehouse', StockWork);
  let round = 0;
  const call = fc.record({
    id: fc.constantFrom('a', 'b'),
    adds: fc.array(fc.nat(9), { maxLength: 4 }),
    looks: fc.nat(2),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(call, { minLength: 1, maxLength: 30 }), async (calls) => {
      const prefix = `${++round}`;
      await Promise.all(
        calls.map(({ id, adds, looks }) =>
          work.run(async ({ stock }) => {
            const name = `${prefix}-${id}`;
            for (let look = 0; look <= looks; look++) await stock.get(look % 2 === 0 ? name : `${prefix}-b`);
            for (const quantity of adds) stock.append(name, [increased(quantity)]);
          }),
        ),
      );
      for (const id of ['a', 'b']) {
        const added = calls.filter((each) => each.id === id).flatMap(({ adds }) => adds);
        const history = await historyOf(`${prefix}-${id}`, { limit: 1_000 });
        expect(history.map(({ version }) => version)).toEqual(added.map((_, index) => index + 1));
        const fold = history.map(({ event }) => event).reduce(evolve, stockAggregate.initial);
        expect(await stateOf(`${prefix}-${id}`)).toEqual(fold);
        expect(fold.left).toBe(added.reduce((sum, quantity) => sum + quantity, 0));
      }
    }),
    { numRuns: 25 },
  );
  await world.settled();
});
