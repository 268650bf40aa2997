import { aggregate } from 'saga-kit';

export type Wanted = Readonly<{ productId: string; quantity: number; userId: number }>;
type Cancelled = Readonly<{ status: 'CANCELLED'; reason: string }>;
export type PlacedOrder = Wanted & (Readonly<{ status: 'PENDING' | 'COMPLETED'; reason: null }> | Cancelled);
export type Order = Readonly<{ status: 'NONE' }> | PlacedOrder;
type OrderPlaced = Readonly<{ type: 'OrderPlaced'; wanted: Wanted }>;
type OrderEnded = Readonly<{ type: 'OrderCompleted' }> | Readonly<{ type: 'OrderCancelled'; reason: string }>;
export type OrderEvent = OrderPlaced | OrderEnded;

function evolve(order: Order, event: OrderEvent): Order {
  if (event.type === 'OrderPlaced') return { ...event.wanted, status: 'PENDING', reason: null };
  if (order.status === 'NONE') return order;
  if (event.type === 'OrderCompleted') return { ...order, status: 'COMPLETED', reason: null };
  return { ...order, status: 'CANCELLED', reason: event.reason };
}

export const orderAggregate = aggregate({ name: 'order', initial: { status: 'NONE' }, evolve });

export const place = (wanted: Wanted): readonly OrderEvent[] => [{ type: 'OrderPlaced', wanted }];
/** Whatever has ended stays so. */
export const end = ({ status }: Order, ended: OrderEnded) => (status === 'PENDING' ? [ended] : []);
