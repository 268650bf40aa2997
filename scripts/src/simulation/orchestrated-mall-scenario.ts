import { wholeBelow, type Scenario, type SimulatedSystem } from 'saga-kit/testing';
import { mallServices } from '../services';
import { queryOf, Told } from './told';

const [order, delivery] = ['mall-orchestrated-order', 'mall-orchestrated-delivery'];
const products = 5;
const scarceStock = 8;
const plentifulStock = 1_000_000;
const tooMany = 10_001; // do not fit into a van
const nothing = '00000000-0000-7000-8000-ffffffffffff';

interface Placed {
  readonly orderId: string;
  /** How it may end. */
  readonly ends: readonly string[];
}
interface Listed {
  readonly orderId: string;
  readonly productId: string;
  readonly quantity: number;
  readonly end: string;
}

/** The mall as an orchestration over event-sourced aggregates: too little, too much, and what nobody has added. */
export function orchestratedMallScenario(actions: number): Scenario {
  const added = new Told<{ readonly productId: string; readonly stock: number }>();
  const told = new Told<Placed>();
  return {
    name: 'the mall, as an orchestration',
    services: mallServices('orchestration'),
    actions,
    prepare: async (system) => {
      for (let number = 0; number < products; number++) {
        const stock = number % 2 === 0 ? plentifulStock : scarceStock;
        const { body } = await system.request({ method: 'POST', path: '/products', body: { name: 'TV', stock } });
        added.of(system).push({ productId: body.productId, stock });
      }
    },
    act: async (system, { random }) => {
      const { productId, stock } = added.of(system)[wholeBelow(random, products)]!;
      const drawn = random();
      const wanted =
        drawn < 0.1
          ? { productId: nothing, quantity: 1, ends: ['UNKNOWN_PRODUCT'] }
          : drawn < 0.2
            ? { productId, quantity: tooMany, ends: ['TOO_LARGE'] }
            : {
                productId,
                quantity: 1 + wholeBelow(random, 3),
                ends: ['COMPLETED', ...(stock === scarceStock ? ['OUT_OF_STOCK'] : [])],
              };
      const { ends, ...fields } = wanted;
      const body = { ...fields, userId: 1 + wholeBelow(random, 10) };
      const { status, body: placed } = await system.request({ method: 'POST', path: '/orders', body });
      if (status !== 201) throw new Error(`an order was answered ${status}: ${JSON.stringify(placed)}`);
      told.of(system).push({ orderId: placed.orderId, ends });
    },
    audit: (system) => audit(system, added.of(system), told.of(system)),
  };
}

async function audit(
  system: SimulatedSystem,
  added: readonly { readonly productId: string; readonly stock: number }[],
  placed: readonly Placed[],
): Promise<string[]> {
  const query = queryOf(system);
  const orders = await query<Listed>(
    order,
    'select order_id as orderId, product_id as productId, quantity, coalesce(reason, status) as end from listed_orders',
  );
  const deliveries = await query<{ orderId: string; status: string }>(
    delivery,
    'select order_id as orderId, status from listed_deliveries',
  );
  const deliveryOf = new Map(deliveries.map(({ orderId, status }) => [orderId, status]));
  const endOf = new Map(orders.map(({ orderId, end }) => [orderId, end]));
  const faults = placed.flatMap(({ orderId, ends }) => {
    const end = endOf.get(orderId) ?? 'not there';
    const may = [...ends, 'DEADLINE_EXCEEDED'];
    return may.includes(end) ? [] : [`order ${orderId} had to end ${ends.join(' or ')}, but is ${end}`];
  });
  for (const { orderId, end } of orders) {
    const status = deliveryOf.get(orderId) ?? 'not there';
    const may = end === 'COMPLETED' ? ['STARTED'] : ['CANCELLED', 'not there'];
    if (!may.includes(status)) faults.push(`order ${orderId} is ${end}, and its delivery ${status}`);
  }
  for (const { productId, stock } of added) {
    const sold = orders.filter((each) => each.productId === productId && each.end === 'COMPLETED');
    const pieces = sold.reduce((sum, { quantity }) => sum + quantity, 0);
    const { body } = await system.request({ method: 'GET', path: `/products/${productId}` });
    if (body.stock + pieces !== stock)
      faults.push(`product ${productId}: ${body.stock} left and ${pieces} sold, of ${stock}`);
  }
  return faults;
}
