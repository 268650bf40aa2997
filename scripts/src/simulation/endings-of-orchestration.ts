import type { Ending, SimulatedSystem } from 'saga-kit/testing';
import { mallServices } from '../services';
import { differences } from './settled';

const services = mallServices('orchestration');
const [stock, userId] = [10, 1];
const nobodysProduct = '00000000-0000-7000-8000-00000000ffff';

/** The id of a product. */
async function prepare(system: SimulatedSystem): Promise<string> {
  const adding = { method: 'POST', path: '/products', body: { name: 'TV', stock } } as const;
  const { status, body } = await system.request(adding);
  if (status !== 201) throw new Error(`the product was answered ${status}`);
  return body.productId;
}

interface Left {
  readonly status: string;
  readonly reason: string | null;
  readonly delivery: string | null | readonly (string | null)[];
}

interface Wanted {
  readonly quantity?: number;
  readonly productId?: string;
  readonly slow?: Ending['slow'];
}

const ending = (name: string, left: Left, wanted: Wanted = {}): Ending<string> => ({
  name: `orchestrated mall: ${name}`,
  services,
  ...(wanted.slow && { slow: wanted.slow }),
  prepare,
  act: async (system, added) => {
    const { quantity = 2, productId = added } = wanted;
    const placing = { method: 'POST', path: '/orders', body: { productId, quantity, userId } } as const;
    const { status, body } = await system.request(placing);
    if (status !== 201) throw new Error(`the order was answered ${status}`);
    return () => judged(system, { added, orderId: body.orderId, quantity, left });
  },
});

/** A call may be made again whose answer was lost, and have placed two orders: each of them has to end so. */
async function judged(
  system: SimulatedSystem,
  { added, orderId, quantity, left }: { added: string; orderId: string; quantity: number; left: Left },
): Promise<readonly string[]> {
  const get = async (path: string) => (await system.request({ method: 'GET', path })).body;
  const orders: readonly any[] = (await get(`/customers/${userId}/orders`)).items;
  const deliveries: readonly any[] = (await get('/deliveries')).items;
  const sold = left.status === 'COMPLETED' ? orders.length * quantity : 0;
  const faults = [
    ...(orders.some((order) => order.orderId === orderId) ? [] : [`order ${orderId} is not listed`]),
    ...differences('the product', await get(`/products/${added}`), { stock: stock - sold }),
  ];
  for (const order of orders) {
    const { orderId: id } = order;
    const { items } = await get(`/orders/${id}/events`);
    const events = items.map(({ type }: { type: string }) => type).join(' ');
    const delivery = deliveries.find((each) => each.orderId === id)?.status;
    const ended = left.status === 'COMPLETED' ? 'OrderCompleted' : 'OrderCancelled';
    const expected = { ...left, events: `OrderPlaced ${ended}` };
    faults.push(
      ...differences(`listed order ${id}`, { ...order, delivery, events }, expected),
      ...differences(`order ${id}`, await get(`/orders/${id}`), { status: left.status, reason: left.reason }),
    );
  }
  return faults;
}

const cancelled = (reason: string, delivery: Left['delivery']): Left => ({ status: 'CANCELLED', reason, delivery });
const tooMany = stock + 1;
/** The delivery service does not get on until every deadline is over. */
const silent = { service: 'mall-orchestrated-delivery', answerMs: 120_000, forMs: 80_000 };

export const orchestrationEndings: readonly Ending[] = [
  ending('COMPLETED', { status: 'COMPLETED', reason: null, delivery: 'STARTED' }),
  ending('TOO_LARGE', cancelled('TOO_LARGE', null), { quantity: 10_001 }),
  ending('OUT_OF_STOCK', cancelled('OUT_OF_STOCK', 'CANCELLED'), { quantity: tooMany }),
  ending('UNKNOWN_PRODUCT', cancelled('UNKNOWN_PRODUCT', 'CANCELLED'), { productId: nobodysProduct }),
  ending('DEADLINE_EXCEEDED', cancelled('DEADLINE_EXCEEDED', [null, 'CANCELLED']), { slow: silent }),
];
