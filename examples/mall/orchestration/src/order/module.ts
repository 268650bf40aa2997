import { Projection } from 'saga-kit';
import { Routes } from 'saga-kit/http';
import { ContainerModule, EventHistory, MessageHandler, service, SqlReader, UnitsOfWork } from 'saga-kit/service';
import { OrderPlaced } from '../contracts';
import { orderAggregate as orders } from './order';
import { listed, migrations, OrderListWork, ordersOfCustomers } from './order-list';
import { orderRoutes } from './order-routes';
import { orderOrchestrator, OrderWork } from './order-saga';

const routes = (...on: Parameters<typeof orderRoutes>) => ({ routes: orderRoutes(...on) });

export const order = service({
  name: 'mall-orchestrated-order',
  migrations,
  bindings: new ContainerModule(({ bind }) => {
    bind(OrderWork).toResolvedValue((unit) => unit.of(OrderWork, { orders }, [OrderPlaced]), [UnitsOfWork]);
    bind(OrderListWork).toResolvedValue((unit) => unit.of(OrderListWork, { listed }), [UnitsOfWork]);
    bind(MessageHandler).toConstantValue(orderOrchestrator);
    bind(Projection).toConstantValue(ordersOfCustomers);
    bind(Routes).toResolvedValue(routes, [OrderWork, EventHistory, SqlReader]);
  }),
});
