import { aggregate, type EventSourced, projection, Projection, UnitOfWork, type Repository } from 'saga-kit';
import {
  ContainerModule,
  createsTable,
  integer,
  key,
  service,
  table,
  UnitsOfWork,
  type ServiceLiteral,
} from 'saga-kit/service';

export interface Stock {
  readonly left: number;
  readonly moves: number;
}
export type StockEvent =
  | { readonly type: 'StockIncreased'; readonly quantity: number }
  | { readonly type: 'StockDecreased'; readonly quantity: number; readonly orderId: string };

export const evolve = ({ left, moves }: Stock, { type, quantity }: StockEvent): Stock => ({
  left: type === 'StockIncreased' ? left + quantity : left - quantity,
  moves: moves + 1,
});
export const stockAggregate = aggregate({ name: 'stock', initial: { left: 0, moves: 0 }, evolve, snapshotEvery: 10 });

/** Counts how often something has happened; its state is a number. */
export const counterAggregate = aggregate({
  name: 'counter',
  initial: 0,
  evolve: (count: number, { by }: { readonly type: 'Counted'; readonly by: number }) => count + by,
});

export abstract class StockWork extends UnitOfWork<{
  stock: EventSourced<Stock, StockEvent>;
  counters: EventSourced<number, { readonly type: 'Counted'; readonly by: number }>;
}> {}

/** What an order has taken, over all products. */
export interface Taken {
  readonly orderId: string;
  readonly quantity: number;
  readonly times: number;
}
export const takenTable = table<Taken>('taken', { orderId: key(36), quantity: integer, times: integer });
export abstract class TakenWork extends UnitOfWork<{ taken: Repository<Taken> }> {}

export const takenByOrder = projection('taken-by-order', TakenWork, [stockAggregate], {
  stock: {
    StockIncreased: 'ignored',
    StockDecreased: async ({ event: { orderId, quantity } }, { taken }) => {
      const before = (await taken.get(orderId)) ?? { orderId, quantity: 0, times: 0 };
      taken.put({ orderId, quantity: before.quantity + quantity, times: before.times + 1 });
    },
  },
});

export const aWarehouse = (projections: readonly Projection[] = [takenByOrder], of = stockAggregate): ServiceLiteral =>
  service({
    name: 'warehouse',
    migrations: [createsTable('warehouse-001-taken', takenTable)],
    bindings: new ContainerModule(({ bind }) => {
      bind(StockWork).toResolvedValue(
        (unitsOfWork) => unitsOfWork.of(StockWork, { stock: of, counters: counterAggregate }),
        [UnitsOfWork],
      );
      bind(TakenWork).toResolvedValue((unitsOfWork) => unitsOfWork.of(TakenWork, { taken: takenTable }), [UnitsOfWork]);
      for (const each of projections) bind(Projection).toConstantValue(each);
    }),
  });

interface Counted {
  readonly id: string;
  readonly count: number;
}
const countTable = table<Counted>('counts', { id: key(36), count: integer });
export abstract class CountsWork extends UnitOfWork<{ counts: Repository<Counted> }> {}
export abstract class AlsoTakenWork extends TakenWork {}

/** The same, with a second read model. */
export function withCounts(bound: readonly Projection[]) {
  const warehouse = aWarehouse(bound);
  return service({
    ...warehouse,
    migrations: [...warehouse.migrations, createsTable('warehouse-002-counts', countTable)],
    bindings: new ContainerModule((options) => {
      void warehouse.bindings.load(options);
      options
        .bind(CountsWork)
        .toResolvedValue((unitsOfWork) => unitsOfWork.of(CountsWork, { counts: countTable }), [UnitsOfWork]);
      if (bound.some(({ work }) => work === AlsoTakenWork))
        options
          .bind(AlsoTakenWork)
          .toResolvedValue((unitsOfWork) => unitsOfWork.of(AlsoTakenWork, { taken: takenTable }), [UnitsOfWork]);
    }),
  });
}
