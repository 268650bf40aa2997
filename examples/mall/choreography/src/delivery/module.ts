import { problem, route, type Route, Routes, uuidText } from 'saga-kit/http';
import { ContainerModule, createsTable, key, MessageHandler, service, table, UnitsOfWork } from 'saga-kit/service';
import { z } from 'zod';
import { deliveryDispatcher, deliveryEvents, DeliveryWork, type Delivery } from './delivery-dispatcher';

const deliveries = table<Delivery>('deliveries', { orderId: key(36), deliveryId: key(36), status: key(10) });
const params = z.object({ orderId: uuidText });
const answer = z.object({ orderId: uuidText, deliveryId: uuidText, status: z.enum(['STARTED', 'CANCELLED']) });

const deliveryRoutes = (work: DeliveryWork): Route[] => [
  route(
    { method: 'GET', path: '/deliveries/:orderId', summary: 'A delivery', params, answers: { 200: answer } },
    async ({ params: { orderId } }) => {
      const found = await work.read(({ deliveries }) => deliveries.get(orderId));
      return found ? { status: 200, body: found } : problem(404, 'nobody has ordered such a delivery yet');
    },
  ),
];

export const delivery = service({
  name: 'mall-delivery',
  migrations: [createsTable('delivery-001-deliveries', deliveries)],
  bindings: new ContainerModule(({ bind }) => {
    bind(DeliveryWork).toResolvedValue((unit) => unit.of(DeliveryWork, { deliveries }, deliveryEvents), [UnitsOfWork]);
    bind(MessageHandler).toConstantValue(deliveryDispatcher);
    bind(Routes).toResolvedValue((work) => ({ routes: deliveryRoutes(work) }), [DeliveryWork]);
  }),
});
