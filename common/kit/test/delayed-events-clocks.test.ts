import { SkewedClock, type World, type WorldOptions } from 'saga-kit/testing';
import { delays, minuteMs, speaker } from './a-delayed';

let world: World;
const { open, tellIn, heard } = delays();

describe.each([
  { which: 'of a machine, but not of the database server', own: true, steps: false },
  { which: 'of the database server alone', own: false, steps: true },
  { which: 'of the one host of both', own: true, steps: true },
])('a clock that makes a step: that $which', (wiring) => {
  let own: SkewedClock;
  let database: SkewedClock;
  const step = (byMs: number) => {
    if (wiring.own) own.set(byMs);
    if (wiring.steps) database.set(byMs);
  };
  beforeEach(async () => {
    const options: WorldOptions = {
      clock: (clock, service) => {
        if (service !== 'speaker') return clock;
        database = new SkewedClock(clock);
        return (own = new SkewedClock(clock));
      },
      stores: (stores, service) =>
        service === 'speaker' ? { ...stores, clock: { nowMs: async () => database.now().getTime() } } : stores,
    };
    world = await open(options, speaker);
  });

  test('back neither has an event leave before its time, nor lost', async () => {
    await tellIn(5 * minuteMs);
    await world.pass(10_000);
    step(-2 * minuteMs);
    await tellIn(5 * minuteMs, 'after');
    await world.pass(5 * minuteMs - 12_000);
    expect(await heard()).toEqual([]);
    await world.pass(2 * minuteMs + 20_000); // a server that was set back makes waits longer
    expect(await heard()).toEqual(['after', 'later']);
  });

  test('forward has an event leave by the new time, and what is delayed then at its own', async () => {
    await tellIn(5 * minuteMs);
    await world.pass(10_000);
    step(2 * minuteMs);
    await world.pass(10_000); // the database's clock is looked at every ten seconds
    await tellIn(5 * minuteMs, 'after');
    await world.pass(3 * minuteMs - 23_000);
    expect(await heard()).toEqual([]);
    await world.pass(2 * minuteMs + 4_000);
    expect(await heard()).toEqual(['later']);
    await world.pass(25_000);
    expect(await heard()).toEqual(['after', 'later']);
  });
});

test('a clock of the database that was set back a little is believed before an event leaves', async () => {
  let database: SkewedClock;
  const options: WorldOptions = {
    clock: (clock) => (database = new SkewedClock(clock)),
    stores: (stores) => ({ ...stores, clock: { nowMs: async () => database.now().getTime() } }),
  };
  world = await open(options, speaker);
  for (let early = 0; early < 20; early++) await tellIn(minuteMs + 500 * early, `${early}`);
  await world.pass(minuteMs - 600);
  database!.set(-1_500); // which is no step yet
  await world.pass(1_900);
  expect(await heard()).toEqual([]);
  await world.pass(minuteMs);
  expect(await heard()).toHaveLength(20);
});
