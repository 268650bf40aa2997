import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { saga } from 'saga-kit';
import { openSqlite } from '../src/sql';
import { SkewedClock, type World, type WorldOptions } from 'saga-kit/testing';
import { aShipping, Carry, ended, Parcel } from './a-shipping';
import { Pack, Unpack } from './a-shop';
import { completed, givenUp, waits } from './a-wait';

let world: World;
const { warnings, sagaOf, open, faults, nobodyAnswers, begin, stillWaits } = waits();

/** Where the database is that several instances use. */
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'saga-kit-clocks-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** The services of these names are instances of one. */
const instances = ['one', 'two'];
const openTogether = (options: WorldOptions, ...started: readonly string[]) =>
  open(
    {
      open: (service) =>
        openSqlite({ file: instances.includes(service) ? join(folder, 'shared.db') : ':memory:', migrations: [] }),
      ...options,
    },
    ...started.map((name) => ({ ...aShipping(), name })),
  );
describe.each([60_000, -60_000])(
  'two instances on one database, the second with a clock that is off by %d ms',
  (aheadMs) => {
    beforeEach(async () => {
      const clock: WorldOptions['clock'] = (real, name) => (name === 'two' ? new SkewedClock(real, aheadMs) : real);
      world = await openTogether({ clock }, ...instances);
    });

    test.each(['one', 'two'])('what %s begins may be answered until its deadline', async (by) => {
      faults().hold();
      await begin('a', by);
      await stillWaits(58_000, 'a', by);
      faults().release();
      await world.settled();
      expect(ended).toEqual([completed('a')]);
    });

    test.each(['one', 'two'])('what %s begins is given up when that was not answered for so long', async (by) => {
      nobodyAnswers();
      await begin('a', by);
      await stillWaits(59_000, 'a', by);
      await world.pass(3_000);
      expect(await sagaOf('a', by)).toMatchObject(givenUp);
    });

    test('that they are apart is said once, and how far', async () => {
      await world.pass(600_000);
      const apart = `the clock of this machine is 60000 ms ${aheadMs > 0 ? 'ahead of' : 'behind'} the database's`;
      expect(warnings).toEqual([expect.stringContaining(apart)]);
    });
  },
);

test('a database server that was set back is looked at again before what another instance has begun since is given up', async () => {
  let database: SkewedClock;
  let looks = 0;
  const nowMs = async () => {
    looks++;
    return database.now().getTime();
  };
  const options: WorldOptions = {
    clock: (clock) => {
      database ??= new SkewedClock(clock);
      return clock;
    },
    stores: (stores) => ({ ...stores, clock: { nowMs } }),
  };
  world = await openTogether(options, 'one');
  for (const before = looks; looks === before;) await world.pass(500);
  database!.set(-70_000);
  await world.start({ ...aShipping(), name: 'two' });
  faults().hold();
  await begin('a', 'two');
  await stillWaits(3_000, 'a', 'two');
  faults().release();
  await world.settled();
  expect(ended).toEqual([completed('a')]);
});

test('a step that began under another deadline is given up with the truth about how long that was', async () => {
  world = await open({}, aShipping());
  nobodyAnswers();
  await begin('a');
  await world.settled();
  await world.stop('shipping');
  const patient = saga({
    name: 'SHIPPING',
    state: Parcel,
    compensatable: [{ do: Pack, undo: Unpack, deadlineMs: 900_000 }],
    pivot: { do: Carry },
  });
  await world.start(aShipping(patient));
  await world.pass(62_000);
  const { error_message: said } = await sagaOf('a');
  expect(said).toMatch(/^Pack was not answered within 6[01]\d{3} ms$/);
});
