import { Projection } from 'saga-kit';
import { Routes } from 'saga-kit/http';
import { ContainerModule, MessageHandler, service, SqlReader, UnitsOfWork } from 'saga-kit/service';
import { deliveryAggregate as deliveries } from './delivery';
import { deliveryDispatcher, DeliveryWork } from './delivery-dispatcher';
import { deliveryList, DeliveryListWork, deliveryRoutes, listed, migrations } from './delivery-list';

export const delivery = service({
  name: 'mall-orchestrated-delivery',
  migrations,
  bindings: new ContainerModule(({ bind }) => {
    bind(DeliveryWork).toResolvedValue((unit) => unit.of(DeliveryWork, { deliveries }), [UnitsOfWork]);
    bind(DeliveryListWork).toResolvedValue((unit) => unit.of(DeliveryListWork, { listed }), [UnitsOfWork]);
    bind(MessageHandler).toConstantValue(deliveryDispatcher);
    bind(Projection).toConstantValue(deliveryList);
    bind(Routes).toResolvedValue((reader) => ({ routes: deliveryRoutes(reader) }), [SqlReader]);
  }),
});
