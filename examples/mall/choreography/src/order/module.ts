import { Routes } from 'saga-kit/http';
import { ContainerModule, MessageHandler, service, UnitsOfWork } from 'saga-kit/service';
import { catalogue, migrations, orderRoutes, orders } from './order-adapters';
import { orderDispatcher, orderEvents, OrderWork } from './order-dispatcher';

export const order = service({
  name: 'mall-order',
  migrations,
  bindings: new ContainerModule(({ bind }) => {
    bind(OrderWork).toResolvedValue((unit) => unit.of(OrderWork, { orders, catalogue }, orderEvents), [UnitsOfWork]);
    bind(MessageHandler).toConstantValue(orderDispatcher);
    bind(Routes).toResolvedValue((work) => ({ routes: orderRoutes(work) }), [OrderWork]);
  }),
});
