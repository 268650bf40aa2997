import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Log, OutboxStore } from 'saga-kit/runtime';
import { FaultyBroker, faultyStores, SkewedClock, type World, type WorldOptions } from 'saga-kit/testing';
import { openSqlite } from '../src/sql';
import { delays, minuteMs, speaker, teller } from './a-delayed';

let world: World;
const { open, tellIn, cancel, heard, waiting } = delays();

const warnings: string[] = [];
const quiet = () => {};
const log: Log = { debug: quiet, info: quiet, warn: (_, message) => void warnings.push(message), error: quiet };
beforeEach(() => void warnings.splice(0));

test.each([
  ['before its time', minuteMs],
  ['when it has been due for long', 20 * minuteMs],
])('a service that was killed and is there again %s sends an event once', async (_when, awayMs) => {
  world = await open({}, speaker);
  await tellIn(10 * minuteMs);
  const cancelled = await tellIn(10 * minuteMs, 'cancelled');
  expect(await cancel(cancelled)).toBe(true);
  await world.crash('speaker');
  await world.pass(awayMs);
  expect(await heard()).toEqual([]);
  await world.start(speaker);
  await world.pass(20 * minuteMs);
  await world.crash('speaker');
  await world.start(speaker);
  await world.pass(20 * minuteMs);
  expect(await heard()).toEqual(['later']);
  expect(world.log).toEqual(['First']);
});

test('a service that was killed after the commit that sends an event sends it', async () => {
  let sent = 0;
  const stores: WorldOptions['stores'] = (real, name) =>
    faultyStores(real, (_rows, outbox) =>
      name === 'speaker' && outbox.length > 0 && ++sent === 1 ? 'lost after' : undefined,
    );
  world = await open({ stores }, speaker);
  await tellIn(minuteMs);
  while (sent === 0) await world.pass(500);
  await world.crash('speaker');
  await world.start(speaker);
  await world.pass(minuteMs);
  expect(await heard()).toEqual(['later']);
});

describe('of two instances on one database', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'saga-kit-delayed-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const names = ['one', 'two'];
  const instances = names.map((name) => teller(name, [], {}));
  const openBoth = (options: WorldOptions = {}) =>
    open(
      {
        open: (service, migrations) =>
          openSqlite({ file: names.includes(service) ? join(folder, 'shared.db') : ':memory:', migrations }),
        ...options,
      },
      ...instances,
    );

  test('one sends each event', async () => {
    world = await openBoth();
    for (let count = 0; count < 20; count++) await tellIn(minuteMs, `${count}`, names[count % 2]);
    await world.pass(2 * minuteMs);
    expect(world.log).toHaveLength(20);
    expect(await heard()).toHaveLength(20);
  });

  test('only one sends what both have found due', async () => {
    let looks = 0;
    let goOn = () => {};
    const bothLooked = new Promise<void>((looked) => (goOn = looked));
    const stores: WorldOptions['stores'] = (real) => {
      const delayedDue = async (...asked: Parameters<OutboxStore['delayedDue']>) => {
        const found = await real.outbox.delayedDue(...asked);
        if (found.length > 0 && ++looks === names.length) goOn();
        if (found.length > 0) await bothLooked;
        return found;
      };
      return { ...real, outbox: Object.assign(Object.create(real.outbox), { delayedDue }) };
    };
    world = await openBoth({ stores });
    await Promise.all(Array.from({ length: 20 }, (_, count) => tellIn(minuteMs, `${count}`, 'one')));
    await world.pass(2 * minuteMs);
    expect(looks).toBe(2);
    expect(world.log).toEqual(Array(20).fill('First'));
  });

  test('one cancels what the other has delayed', async () => {
    world = await openBoth();
    const id = await tellIn(minuteMs, 'x', 'one');
    expect(await cancel(id, 'two')).toBe(true);
    expect(await cancel(id, 'one')).toBe(false);
    await world.pass(2 * minuteMs);
    expect(world.log).toEqual([]);
  });

  test('an event is sent or cancelled, when both is tried at the same time', async () => {
    world = await openBoth();
    const ids: string[] = [];
    for (let count = 0; count < 50; count++) ids.push(await tellIn(minuteMs + 100 * count, `${count}`, 'one'));
    let cancelled = 0;
    for (const id of ids) {
      const [isCancelled] = await Promise.all([cancel(id, 'two'), world.pass(2_000)]);
      if (isCancelled) cancelled++;
    }
    await world.pass(2 * minuteMs);
    expect(cancelled).toBeGreaterThan(0);
    expect(world.log).toHaveLength(50 - cancelled);
  });

  test.each([minuteMs, -minuteMs])(
    'each sends at the time that was meant, though the clock of the second is off by %d ms',
    async (aheadMs) => {
      const clock: WorldOptions['clock'] = (real, name) => (name === 'two' ? new SkewedClock(real, aheadMs) : real);
      world = await openBoth({ clock });
      for (const name of names) await tellIn(10 * minuteMs, name, name);
      await world.pass(10 * minuteMs - 2_000);
      expect(await heard()).toEqual([]);
      await world.pass(3_000);
      expect(await heard()).toEqual(['one', 'two']);
    },
  );
});

test('nothing leaves while the broker is away, nor until what was missed has been read, and then each once', async () => {
  let faults: FaultyBroker;
  let isAway = false;
  const broker: WorldOptions['broker'] = (real) => {
    faults = new FaultyBroker(real);
    faults.fails = () => (isAway ? 'before' : undefined);
    return faults;
  };
  const kept: number[] = [];
  world = await open({ broker }, speaker);
  await tellIn(-1, 'first');
  await tellIn(minuteMs);
  isAway = true;
  await world.pass(10 * minuteMs);
  expect(await waiting()).toMatchObject({ waiting: 1 });
  isAway = false;
  for (let seconds = 0; seconds < 30; seconds++) {
    await world.pass(1_000);
    kept.push((await waiting()).waiting);
  }
  expect(kept[8]).toBe(1);
  expect(kept.at(-1)).toBe(0);
  expect(await heard()).toEqual(['first', 'later']);
});

test('however many cannot be sent, others are; it is said once, and they leave when they can', async () => {
  const badMax = 1_000; // two pages
  let isBad = true;
  const stores: WorldOptions['stores'] = (real, name) =>
    faultyStores(real, (_rows, outbox) =>
      name === 'speaker' && isBad && outbox.some(({ value }) => value.includes('bad')) ? 'refused' : undefined,
    );
  world = await open({ stores, log }, speaker);
  await Promise.all(Array.from({ length: badMax }, () => tellIn(minuteMs, 'bad')).concat(tellIn(2 * minuteMs, 'good')));
  await world.pass(3 * minuteMs);
  expect(await heard()).toEqual(['good']);
  expect(warnings).toEqual([expect.stringContaining('could not send an event that is due')]);
  isBad = false;
  await world.pass(minuteMs);
  expect(await heard()).toHaveLength(badMax + 1);
  await tellIn(minuteMs, 'bad');
  isBad = true;
  await world.pass(2 * minuteMs);
  expect(warnings).toHaveLength(2);
});

test('delayed events are counted, and how long the first should have left', async () => {
  let refuses = true;
  const stores: WorldOptions['stores'] = (real) =>
    faultyStores(real, (_rows, outbox) => (refuses && outbox.length > 0 ? 'refused' : undefined));
  world = await open({ stores }, speaker);
  const metrics = () => world.service('speaker').metrics.registry.metrics();
  await tellIn(minuteMs);
  await tellIn(10 * minuteMs);
  await world.pass(31_000);
  expect(await metrics()).toContain('saga_kit_delayed_events{service="speaker"} 2');
  expect(await metrics()).toContain('saga_kit_delayed_events_overdue_seconds{service="speaker"} 0');
  await world.pass(2 * minuteMs);
  const [, overdue] = /saga_kit_delayed_events_overdue_seconds\S+ (\S+)/.exec(await metrics())!;
  expect(Number(overdue)).toBeGreaterThan(30);
  refuses = false;
  await world.pass(31_000);
  expect(await metrics()).toContain('saga_kit_delayed_events{service="speaker"} 1');
  expect(await metrics()).toContain('saga_kit_delayed_events_overdue_seconds{service="speaker"} 0');
});
