import type { Stores } from 'saga-kit/runtime';
import { faultyStores, SkewedClock, type World, type WorldOptions } from 'saga-kit/testing';
import { aShipping, ended } from './a-shipping';
import { Pack } from './a-shop';
import { completed, givenUp, waits } from './a-wait';

let world: World;
const { warnings, sagaOf, open, faults, nobodyAnswers, begin, stillWaits } = waits();

const machine = 'the clock of this machine was set, or the machine slept';
const server = "the database's clock was set";
const apart = /^the clock of this machine is 70000 ms (ahead of|behind) the database's/;

describe.each([
  { which: 'of a machine alone', own: true, database: 'none', says: [machine] },
  { which: 'of a machine, but not of the database server', own: true, database: 'stands', says: [machine, apart] },
  { which: 'of the database server alone', own: false, database: 'steps', says: [server, apart] },
  { which: 'of the one host of both', own: true, database: 'steps', says: [machine] },
])('a clock that makes a step: that $which', (wiring) => {
  let own: SkewedClock;
  let database: SkewedClock;
  const databaseSteps = wiring.database === 'steps';
  const step = (byMs: number) => {
    if (wiring.own) own.set(byMs);
    if (databaseSteps) database.set(byMs);
  };

  beforeEach(async () => {
    const nowMs = async () => (wiring.database === 'none' ? undefined : database.now().getTime());
    const options: WorldOptions = {
      clock: (clock, service) => {
        if (service !== 'shipping') return clock;
        database = new SkewedClock(clock);
        return (own = new SkewedClock(clock));
      },
      stores: (stores: Stores, service) => (service === 'shipping' ? { ...stores, clock: { nowMs } } : stores),
    };
    world = await open(options, aShipping());
  });

  test.each([70_000, -70_000])('by %d ms: what was begun before may be answered until its deadline', async (byMs) => {
    faults().hold();
    await begin('a');
    await stillWaits(3_000, 'a');
    step(byMs);
    await stillWaits(55_000, 'a');
    faults().release();
    await world.settled();
    expect(ended).toEqual([completed('a')]);
  });

  test.each([70_000, -70_000])('by %d ms: no step is given up before its time, and each in the end', async (byMs) => {
    nobodyAnswers();
    await begin('before');
    await stillWaits(3_000, 'before');
    step(byMs);
    await stillWaits(2_000, 'before');
    await begin('after');
    await stillWaits(54_000, 'before');
    await world.pass(databaseSteps && byMs < 0 ? 73_000 : 3_000); // a server that was set back makes waits longer
    expect(await sagaOf('before')).toMatchObject(givenUp);
    if (byMs > 0 || !databaseSteps) await stillWaits(1_000, 'after');
    await world.pass(13_000);
    expect(await sagaOf('after')).toMatchObject(givenUp);
  });

  test.each([70_000, -70_000])('by %d ms: it is said once', async (byMs) => {
    await world.pass(60_000);
    expect(warnings).toEqual([]);
    step(byMs);
    await world.pass(600_000);
    const said = wiring.says.map((each) => expect.stringMatching(each));
    expect(warnings).toEqual(said);
  });
});

describe('a machine whose clock is set', () => {
  let own: SkewedClock;
  let database: SkewedClock;
  const clock: WorldOptions['clock'] = (real, service) => {
    if (service !== 'shipping') return real;
    database = new SkewedClock(real);
    return (own = new SkewedClock(real));
  };

  test('forward has a transaction be tried for as long as ever', async () => {
    let barred = true;
    const stores: WorldOptions['stores'] = (real) => faultyStores(real, () => (barred ? 'conflict' : undefined));
    world = await open({ clock, stores }, aShipping());
    const begun = begin('a');
    await world.pass(1_000);
    own.set(70_000);
    await world.pass(1_000);
    barred = false;
    await world.pass(10_000);
    await begun;
  });

  test('while the database tells its time is told of before what comes of it', async () => {
    let isSetNext = false;
    const nowMs = async () => {
      const databaseMs = database.now().getTime();
      if (isSetNext) own.set(70_000);
      isSetNext = false;
      return databaseMs;
    };
    const stores: WorldOptions['stores'] = (real, name) => (name === 'shipping' ? { ...real, clock: { nowMs } } : real);
    world = await open({ clock, stores }, aShipping());
    await world.pass(30_000);
    isSetNext = true;
    await world.pass(30_000);
    expect(warnings).toEqual([expect.stringContaining(machine), expect.stringMatching(apart)]);
  });

  test('back waits for answers that cannot be read for no longer than ever', async () => {
    world = await open({ clock }, aShipping());
    faults().hold();
    await begin('a');
    await world.send(Pack.reply.of({ item: 'x', count: 1 }), { target: 'ANOTHER', txId: 'b', id: 'unread' });
    await world.pass(3_000);
    own.set(3_000); // has it look how far the topics go
    await world.pass(17_000);
    own.set(-70_000);
    await world.pass(70_000);
    expect(await sagaOf('a')).toMatchObject(givenUp);
  });
});

describe('a service that stood still', () => {
  let own: SkewedClock;
  let database: SkewedClock;
  let isSlow = false;

  beforeEach(async () => {
    const nowMs = async () => {
      const now = database.now().getTime();
      if (isSlow) await new Promise<void>((over) => void world.clock.after(6_100, over));
      return now;
    };
    const options: WorldOptions = {
      clock: (clock, service) => {
        if (service !== 'shipping') return clock;
        database = new SkewedClock(clock);
        return (own = new SkewedClock(clock));
      },
      stores: (stores, service) => (service === 'shipping' ? { ...stores, clock: { nowMs } } : stores),
    };
    world = await open(options, aShipping());
  });

  /** The next timer of those that look at the clock, or at what is due, fires before the other one. */
  const orders = {
    'looked at the clock': async () => {},
    'looked for what is due': async () => {
      isSlow = true;
      own.set(3_000); // so it looks at the database's clock, which takes a while
      await world.pass(60_000);
      isSlow = false;
      await world.pass(20_200);
      warnings.splice(0);
    },
  };
  test.each(Object.entries(orders))('and then first %s, reads the answers that wait for it', async (_what, prepare) => {
    await prepare();
    faults().hold();
    await begin('a');
    await stillWaits(3_000, 'a');
    own.standStill(70_000);
    database.set(70_000);
    await stillWaits(5_000, 'a');
    faults().release();
    await world.settled();
    expect(ended).toEqual([completed('a')]);
    expect(warnings).toEqual([expect.stringContaining('this process stood still')]);
  });

  test('does not take a slow answer of the database for another time', async () => {
    isSlow = true;
    await world.pass(120_000);
    isSlow = false;
    await world.pass(20_000);
    expect(warnings).toEqual([]);
  });
});
