import { kitchenContracts, paymentContracts, stubRules, userContracts } from '@saga-kit/contracts';
import { FaultyBroker, stub, worldWith, type World, type WorldOptions } from 'saga-kit/testing';
import { OrderWork } from '../src/application/order-work';
import { PlaceOrder } from '../src/application/place-order';
import type { Order } from '../src/domain/order';
import { order } from '../src/module';

/** The order service among stubs of the others; `userId` 1 is somebody to whom nobody says no. */
export async function anOrderWorld(options: WorldOptions = {}) {
  let faults: FaultyBroker | undefined;
  const user = stub('user', userContracts, stubRules);
  const kitchen = stub('kitchen', kitchenContracts, stubRules);
  const payment = stub('payment', paymentContracts, stubRules);
  const broker: WorldOptions['broker'] = (real) => (faults = new FaultyBroker(real));
  const world = await worldWith({ broker, ...options }, order, user, kitchen, payment);
  const find = async (orderId: string): Promise<Order> => {
    const found = await world.work('order', OrderWork).read(({ orders }) => orders.get(orderId));
    if (!found) throw new Error(`there is no order ${orderId}`);
    return found;
  };
  return { world, faults: faults!, user, kitchen, payment, place: (userId = 1) => place(world, userId), find };
}

async function place(world: World, userId: number): Promise<string> {
  const placed = await world.get('order', PlaceOrder).execute({ userId, items: [{ productId: 2, quantity: 3 }] });
  if (typeof placed === 'string') throw new Error(placed);
  return placed.orderId;
}

/** Closes the worlds that a test has opened. */
export function worlds() {
  const open: World[] = [];
  afterEach(async () => {
    for (const world of open.splice(0)) await world.close();
  });
  return async (options?: WorldOptions) => {
    const the = await anOrderWorld(options);
    open.push(the.world);
    return the;
  };
}
