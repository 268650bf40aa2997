import { aggregate, projection, type EventSourced, UnitOfWork } from 'saga-kit';
import type { UnitsOfWork } from 'saga-kit/service';
import { inMemoryStreams } from 'saga-kit/testing';
import { counterAggregate, evolve, stockAggregate, StockWork, TakenWork, takenTable } from './a-warehouse';
import { compiled } from './compiled';

type Dated = Readonly<{ type: 'Dated'; at: Date }>;
type Named = Readonly<{ type: 'Named'; name: string }>;

test('an aggregate whose events or state JSON does not bring back does not compile', () =>
  compiled(() => {
    aggregate({ name: 'a', initial: 0, evolve: (count: number, _: Named) => count });
    aggregate({ name: 'a', initial: null, evolve: (last: string | null, { name }: Named) => name ?? last });
    // @ts-expect-error a date comes back as a text
    aggregate({ name: 'a', initial: 0, evolve: (count: number, _: Dated) => count });
    // @ts-expect-error a map comes back as nothing
    aggregate({ name: 'a', initial: new Map(), evolve: (all: ReadonlyMap<string, number>, _: Named) => all });
    // @ts-expect-error the initial state is no state
    aggregate({ name: 'a', initial: 'none', evolve: (count: number, _: Named) => count });
  }));

test('a unit of work is bound with the aggregates that its token says', () =>
  compiled((unitsOfWork: UnitsOfWork) => {
    unitsOfWork.of(StockWork, { stock: stockAggregate, counters: counterAggregate });
    // @ts-expect-error another aggregate
    unitsOfWork.of(StockWork, { stock: counterAggregate, counters: counterAggregate });
    // @ts-expect-error a table
    unitsOfWork.of(StockWork, { stock: takenTable, counters: counterAggregate });
    // @ts-expect-error one is missing
    unitsOfWork.of(StockWork, { stock: stockAggregate });
    abstract class NamedWork extends UnitOfWork<{ stock: EventSourced<{ left: string }, Named> }> {}
    // @ts-expect-error other events, another state
    unitsOfWork.of(NamedWork, { stock: stockAggregate });
  }));

test('a projection handles every type of event of each of its aggregates', () =>
  compiled(() => {
    projection('p', TakenWork, [counterAggregate], { counter: { Counted: 'ignored' } });
    // @ts-expect-error StockDecreased is forgotten
    projection('p', TakenWork, [stockAggregate], { stock: { StockIncreased: 'ignored' } });
    // @ts-expect-error an aggregate is forgotten
    projection('p', TakenWork, [stockAggregate, counterAggregate], { counter: { Counted: 'ignored' } });
    projection('p', TakenWork, [counterAggregate], {
      // @ts-expect-error an event has no such field
      counter: { Counted: async ({ event: { quantity } }) => void quantity },
    });
  }));

test('a name or a number that cannot work is refused where it is written', () => {
  for (const name of ['', 'a/b', 'x'.repeat(41)])
    expect(() => aggregate({ name, initial: stockAggregate.initial, evolve })).toThrow("an aggregate's name is");
  for (const snapshotEvery of [0, 1.5, NaN])
    expect(() => aggregate({ ...stockAggregate, snapshotEvery })).toThrow('is a whole number from 1');
  expect(() => projection('a b', TakenWork, [], {})).toThrow("a projection's name is");
});

test('aggregates in memory are as those of a service, for a test of one handler', async () => {
  const stock = inMemoryStreams(stockAggregate, { p: [{ type: 'StockIncreased', quantity: 3 }] });
  expect(await stock.get('p')).toEqual({ left: 3, moves: 1 });
  expect(await stock.get('q')).toEqual(stockAggregate.initial);
  stock.append('p', [{ type: 'StockDecreased', quantity: 1, orderId: 'o' }]);
  expect(await stock.get('p')).toEqual({ left: 2, moves: 2 });
  expect(stock.eventsOf('p')).toHaveLength(2);
  expect(() => stock.append('r', [])).toThrow('before something is appended to it');
});
