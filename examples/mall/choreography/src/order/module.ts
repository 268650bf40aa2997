import { Routes } from 'saga-kit/http';
import { ContainerModule, MessageHandler, service, UnitsOfWork } from 'saga-kit/service';
import { orderDispatcher } from './order-dispatcher';
import { orderRoutes } from './order-routes';
import { catalogueTable, orderMigrations, orderTable } from './order-tables';
import { orderEvents, OrderWork } from './order-work';

export const order = service({
  name: 'mall-order',
  migrations: orderMigrations,
  bindings: new ContainerModule(({ bind }) => {
    const tables = { orders: orderTable, catalogue: catalogueTable };
    bind(OrderWork).toResolvedValue((works) => works.of(OrderWork, tables, orderEvents), [UnitsOfWork]);
    bind(MessageHandler).toConstantValue(orderDispatcher);
    bind(Routes).toResolvedValue((work) => ({ routes: orderRoutes(work) }), [OrderWork]);
  }),
});
