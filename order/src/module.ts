import { ContainerModule } from 'inversify';
import { service } from 'saga-kit/app';
import { Routes } from 'saga-kit/http';
import { Listener, SagaLedger, Works } from 'saga-kit/runtime';
import { Reading } from 'saga-kit/sql';
import { KnexOrderList } from './adapters/knex-order-list';
import { orderMigrations } from './adapters/order-migrations';
import { orderRoutes } from './adapters/order-routes';
import { orderTable, placementTable } from './adapters/order-tables';
import { OrderList } from './application/order-list';
import { orderOrchestrator } from './application/order-orchestrator';
import { OrderWork } from './application/order-work';
import { PlaceOrder } from './application/place-order';

export const order = service({
  name: 'order',
  migrations: orderMigrations,
  bindings: new ContainerModule(({ bind }) => {
    bind(OrderWork).toResolvedValue(
      (works) => works.of(OrderWork, { orders: orderTable, placements: placementTable }),
      [Works],
    );
    bind(PlaceOrder).toResolvedValue((work) => new PlaceOrder(work), [OrderWork]);
    bind(OrderList).toResolvedValue((reading) => new KnexOrderList(reading), [Reading]);
    bind(Listener).toConstantValue(orderOrchestrator);
    bind(Routes).toResolvedValue(
      (...parts) => ({ routes: orderRoutes(...parts) }),
      [PlaceOrder, OrderWork, OrderList, SagaLedger],
    );
  }),
});
