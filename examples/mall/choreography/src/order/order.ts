/** Of a pending order, `stockTaken` and `deliveryStarted` say what others have told so far. */
type Told = Readonly<{ stockTaken: boolean; deliveryStarted: boolean }>;
type Placed = Readonly<{ orderId: string; productId: number; quantity: number }> & Told;
export type Reason = 'CANCELLED_BY_CUSTOMER' | 'OUT_OF_STOCK';

type OpenOrder = Placed & Readonly<{ status: 'PENDING' | 'COMPLETED'; reason: null }>;
type CancelledOrder = Placed & Readonly<{ status: 'CANCELLED'; reason: Reason }>;
export type Order = OpenOrder | CancelledOrder;

export const place = ({ orderId, productId, quantity }: Omit<Placed, keyof Told>): OpenOrder => {
  const told = { stockTaken: false, deliveryStarted: false };
  return { orderId, productId, quantity, ...told, status: 'PENDING', reason: null };
};

/** It is complete when both have said so. What comes after it was cancelled changes nothing. */
export function hear(order: Order, told: Partial<Told>): Order {
  if (order.status !== 'PENDING') return order;
  const next = { ...order, ...told };
  return next.stockTaken && next.deliveryStarted ? { ...next, status: 'COMPLETED' } : next;
}

export const cancel = (order: OpenOrder, reason: Reason): CancelledOrder => ({ ...order, status: 'CANCELLED', reason });
