import { randomFrom, type Scenario, type SimulatedSystem } from 'saga-kit/testing';
import { auditMall } from '../trial/mall/mall-audit';
import { mallBooks } from '../trial/mall/mall-books';
import { planMall, type PlacedOrder, type PlannedOrder } from '../trial/mall/mall-orders';
import { mallServices } from '../services';
import { queryOf, Told } from './told';

/** The mall as a choreography: half of the orders are for products of which there is too little, and a third is cancelled. */
export function mallScenario(actions: number): Scenario {
  const services = mallServices('choreography');
  const { orders, stock } = planMall(actions, randomFrom(1));
  const told = new Told<PlacedOrder>();
  return {
    name: 'the mall, as a choreography',
    services,
    actions,
    prepare: async (system) => {
      for (const [productId, pieces] of stock) {
        const body = { name: `product ${productId}`, price: 1_000, stock: pieces };
        await system.request({ method: 'PUT', path: `/products/${productId}`, body });
      }
      await copiesOf(system, stock.size);
    },
    act: async (system, { index }) => {
      const planned = orders[index]!;
      const { status, body } = await system.request({ method: 'POST', path: '/orders', body: planned.body });
      if (status !== 201) throw new Error(`an order was answered ${status}: ${JSON.stringify(body)}`);
      const isOver = await isCancelled(system, body.orderId, planned);
      told.of(system).push({ orderId: body.orderId, planned, isCancelled: isOver || body.status === 'CANCELLED' });
    },
    audit: async (system) => {
      const books = await mallBooks(
        queryOf(system),
        services.map(({ name }) => name),
      );
      return auditMall(books, stock, told.of(system));
    },
  };
}

/** An order is refused while the order service does not know its product. */
async function copiesOf(system: SimulatedSystem, products: number): Promise<void> {
  for (;;) {
    const [row] = await system.query<{ known: number }>('mall-order', 'select count(*) as known from catalogue');
    if (Number(row!.known) === products) return;
    await system.pass(10);
  }
}

async function isCancelled(system: SimulatedSystem, orderId: string, { cancel }: PlannedOrder): Promise<boolean> {
  if (!cancel) return false;
  const once = async () => {
    const request = { method: 'PATCH', path: `/orders/${orderId}`, body: { state: 'CANCELLED' } } as const;
    const { status } = await system.request(request);
    if (status !== 200) throw new Error(`the cancellation of ${orderId} was answered ${status}`);
  };
  await system.pass(cancel.afterMs);
  await Promise.all(Array.from({ length: cancel.customers }, once));
  if (cancel.again) await system.pass(cancel.afterMs).then(once);
  return true;
}
