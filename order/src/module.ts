import { ContainerModule, MessageHandler, SagaStore, service, SqlReader, UnitsOfWork } from 'saga-kit/service';
import { Routes } from 'saga-kit/http';
import { KnexOrderList } from './adapters/knex-order-list';
import { orderRoutes } from './adapters/order-routes';
import { orderMigrations, orderTable, placementTable } from './adapters/order-tables';
import { CancelOrder } from './application/cancel-order';
import { OrderList } from './application/order-list';
import { orderOrchestrator } from './application/order-orchestrator';
import { OrderWork } from './application/order-work';
import { PlaceOrder } from './application/place-order';

export const order = service({
  name: 'order',
  migrations: orderMigrations,
  bindings: new ContainerModule(({ bind }) => {
    bind(OrderWork).toResolvedValue(
      (unitsOfWork) => unitsOfWork.of(OrderWork, { orders: orderTable, placements: placementTable }),
      [UnitsOfWork],
    );
    bind(PlaceOrder).toResolvedValue((work) => new PlaceOrder(work), [OrderWork]);
    bind(CancelOrder).toResolvedValue((work) => new CancelOrder(work), [OrderWork]);
    bind(OrderList).toResolvedValue((reader) => new KnexOrderList(reader), [SqlReader]);
    bind(MessageHandler).toConstantValue(orderOrchestrator);
    bind(Routes).toResolvedValue(
      (...parts) => ({ routes: orderRoutes(...parts) }),
      [PlaceOrder, CancelOrder, OrderWork, OrderList, SagaStore],
    );
  }),
});
