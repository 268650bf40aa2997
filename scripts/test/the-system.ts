import { worldWith, type World, type WorldOptions } from 'saga-kit/testing';
import { OrderWork } from '../../order/src/application/order-work';
import { PlaceOrder } from '../../order/src/application/place-order';
import { services } from '../src/services';

export interface NewOrder {
  readonly userId: number;
  readonly productId: number;
  readonly quantity?: number;
}

/** All services for real, with the sample data, on a clock that stands still. */
export async function theSystem(options: WorldOptions = {}) {
  const world = await worldWith(options, ...services);
  for (const { name } of services) await world.service(name).loadSampleData();
  return { world, place: placing(world), ends: endings(world), books: () => readBooks(world) };
}

const placing = (world: World) => async (wanted: NewOrder) => {
  const { userId, productId, quantity = 1 } = wanted;
  const placed = await world.get('order', PlaceOrder).execute({ userId, items: [{ productId, quantity }] });
  if (typeof placed === 'string') throw new Error(placed);
  return placed.orderId;
};

/** How each of these orders has ended: `APPROVED`, the code of its refusal, or `PENDING`. */
const endings = (world: World) => (orderIds: readonly string[]) =>
  world.work('order', OrderWork).read(async ({ orders }) => {
    const found = await orders.getAll(orderIds);
    return found.map((each) => each?.refusal?.code ?? each?.status);
  });

/** What has to add up, whatever happens. */
async function readBooks(world: World) {
  const rows = (name: string, table: string): Promise<Record<string, any>[]> =>
    world.storesOf(name).reader.query((knex) => knex(table));
  const sum = (of: readonly Record<string, any>[], column: string) =>
    of.reduce((total, row) => total + Number(row[column]), 0);
  const approved = (await rows('order', 'orders')).filter(({ status }) => status === 'APPROVED');
  const [kitchens, products] = [await rows('kitchen', 'kitchens'), await rows('kitchen', 'products')];
  const all = async (table: string) => (await Promise.all(services.map(({ name }) => rows(name, table)))).flat();
  return {
    money: sum(await rows('payment', 'accounts'), 'balance') + sum(approved, 'total_price'),
    approved: approved.length,
    stockOf: (productId: number) => Number(products.find((each) => each['product_id'] === productId)?.['stock']),
    waiting: Number(kitchens[0]?.['waiting']),
    unsent: (await all('kit_outbox')).length,
    parked: (await all('kit_parked')) as { reason: string; value: Buffer | null; topic: string }[],
    late: (await rows('order', 'kit_history')).filter(({ awaited }) => Number(awaited) === 0),
  };
}
