import { problem, route, type Route, uuidText } from 'saga-kit/http';
import { z } from 'zod';
import { kitchenId, type KitchenWork } from '../application/kitchen-work';

const countMax = 1_000_000_000;

const newKitchen = z.strictObject({ open: z.boolean(), capacity: z.int().min(0).max(countMax) });
const kitchen = z.object({ ...newKitchen.shape, waiting: z.int() });
const ticketPath = z.object({ orderId: uuidText });
const ticket = z.object({
  ticketId: uuidText,
  orderId: uuidText,
  status: z.enum(['PENDING', 'APPROVED', 'REJECTED']),
  items: z.array(z.object({ productId: z.int(), quantity: z.int() })),
});

export const kitchenRoutes = (work: KitchenWork): Route[] => [
  route(
    { method: 'GET', path: '/kitchen', summary: 'The kitchen', answers: { 200: kitchen }, problems: [404] },
    async () => {
      const found = await work.read(({ kitchens }) => kitchens.get(kitchenId));
      if (!found) return problem(404, 'there is no kitchen yet: PUT one');
      const { open, capacity, waiting } = found;
      return { status: 200, body: { open, capacity, waiting } };
    },
  ),
  route(
    {
      method: 'PUT',
      path: '/kitchen',
      summary: 'Opens or closes the kitchen, and says how many tickets may wait',
      body: newKitchen,
      answers: { 200: kitchen, 201: kitchen },
    },
    ({ body }) =>
      work.run(async ({ kitchens }) => {
        const known = await kitchens.get(kitchenId);
        const waiting = known?.waiting ?? 0;
        kitchens.put({ kitchenId, ...body, waiting });
        return known ? { status: 200, body: { ...body, waiting } } : { status: 201, body: { ...body, waiting } };
      }),
  ),
  route(
    {
      method: 'GET',
      path: '/tickets/:orderId',
      summary: 'The ticket of an order',
      params: ticketPath,
      answers: { 200: ticket },
    },
    async ({ params: { orderId } }) => {
      const found = await work.read(({ tickets }) => tickets.get(orderId));
      return found
        ? { status: 200, body: { ...found, items: [...found.items] } }
        : problem(404, `order ${orderId} has no ticket`);
    },
  ),
];
