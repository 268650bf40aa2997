import { UnitOfWork, type Repository } from 'saga-kit';
import {
  ContainerModule,
  createsTable,
  integer,
  key,
  SampleData,
  service,
  type ServiceLiteral,
  table,
  UnitsOfWork,
} from 'saga-kit/service';
import { Routes } from 'saga-kit/http';
import { worldOf, type World } from 'saga-kit/testing';

type Shelf = Readonly<{ shelfId: string; heightMm: number }>;
type Book = Readonly<{ bookId: string; shelfId: string }>;
abstract class ShelfWork extends UnitOfWork<{ shelves: Repository<Shelf>; books: Repository<Book> }> {}
const shelves = table<Shelf>('shelves', { shelfId: key(36), heightMm: integer });
const books = table<Book>('books', { bookId: key(36), shelfId: key(36) });

const lowShelves = table<Pick<Shelf, 'shelfId'>>('shelves', { shelfId: key(36) });
const loudShelves = {
  ...shelves,
  definitions: shelves.definitions.map((each) => ({ ...each, name: each.name.toUpperCase() })),
};

/** A library of which this many columns of `shelves`, and perhaps `books`, are migrated; who needs them is up to a test. */
function aLibrary(
  migrated: { height: boolean; books: boolean },
  neededBy: 'routes' | 'sample' | 'nobody',
): ServiceLiteral {
  return service({
    name: 'library',
    migrations: [
      createsTable('library-001-shelves', migrated.height ? loudShelves : lowShelves),
      ...(migrated.books ? [createsTable('library-002-books', { ...books, name: 'Books' })] : []),
    ],
    bindings: new ContainerModule(({ bind }) => {
      bind(ShelfWork).toResolvedValue((unitsOfWork) => unitsOfWork.of(ShelfWork, { shelves, books }), [UnitsOfWork]);
      if (neededBy === 'routes') bind(Routes).toResolvedValue((_) => ({ routes: [] }), [ShelfWork]);
      if (neededBy === 'sample') bind(SampleData).toResolvedValue((_) => ({ load: async () => {} }), [ShelfWork]);
    }),
  });
}

let world: World;
beforeEach(async () => (world = await worldOf()));
afterEach(() => world.close());

test('a service does not start when its tables lack columns, or are not there: all of it is said at once', async () => {
  const start = world.start(aLibrary({ height: false, books: false }, 'routes'));
  await expect(start).rejects.toThrow(
    'the database of the library service is not what its tables say:\n' +
      '  table shelves has no column height_mm\n  there is no table books\nadd a migration',
  );
});

test('a service starts when everything is there, in upper case or in lower', async () => {
  const { service } = await world.start(aLibrary({ height: true, books: true }, 'routes'));
  expect(service.health()).toEqual({ ready: true, reasons: [] });
});

test.each(['sample', 'nobody'] as const)('a table is missed at the start also where it is needed by %s', async (by) => {
  await expect(world.start(aLibrary({ height: true, books: false }, by))).rejects.toThrow('there is no table books');
});
