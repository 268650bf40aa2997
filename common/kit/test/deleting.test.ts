import { UnitOfWork, type Repository } from 'saga-kit';
import { ContainerModule, createsTable, key, service, table, text, UnitsOfWork } from 'saga-kit/service';
import { inMemory, workOf, worldOf, type World } from 'saga-kit/testing';

type Guest = Readonly<{ name: string; room: string }>;
const guestTable = table<Guest>('guests', { name: key(20), room: text });
abstract class HotelWork extends UnitOfWork<{ guests: Repository<Guest> }> {}
const hotel = service({
  name: 'hotel',
  migrations: [createsTable('hotel-001-guests', guestTable)],
  bindings: new ContainerModule(({ bind }) => {
    bind(HotelWork).toResolvedValue((works) => works.of(HotelWork, { guests: guestTable }), [UnitsOfWork]);
  }),
});

let world: World | undefined;
afterEach(() => world?.close());

const stored = async () => {
  world = await worldOf(hotel);
  return world.work('hotel', HotelWork);
};
const kept = async () => workOf(HotelWork, { guests: inMemory<Guest>(({ name }) => name) });

describe.each([
  ['a database', stored],
  ['memory', kept],
])('in %s', (_where, open) => {
  test('what is deleted is not there any more, for this transaction and for others', async () => {
    const work = await open();
    await work.run(async ({ guests }) => guests.add({ name: 'Ann', room: '1' }));
    const seen = await work.run(async ({ guests }) => {
      guests.delete('Ann');
      guests.delete('Bob'); // who never came
      return guests.getAll(['Ann', 'Bob']);
    });
    expect(seen).toEqual([undefined, undefined]);
    expect(await work.read(({ guests }) => guests.get('Ann'))).toBeUndefined();
    await world?.settled();
  });

  test('who was deleted may come again: at once, later, and in the transaction of another who comes together', async () => {
    const work = await open();
    const come = (room: string) => work.run(async ({ guests }) => guests.add({ name: 'Ann', room }));
    const go = () => work.run(async ({ guests }) => guests.delete('Ann'));
    await come('1');
    await work.run(async ({ guests }) => {
      guests.delete('Ann');
      guests.add({ name: 'Ann', room: '2' });
    });
    await go();
    await come('3');
    await Promise.all([go(), come('4')]);
    expect(await work.read(({ guests }) => guests.get('Ann'))).toEqual({ name: 'Ann', room: '4' });
    await world?.settled();
  });
});

test('what is only looked at cannot be deleted', async () => {
  const work = await stored();
  const look = work.read(async ({ guests }) => guests.delete('Ann'));
  await expect(look).rejects.toThrow('read only looks: use run to change something');
});
