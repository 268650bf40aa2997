type Ordered = Readonly<{ orderId: string; productId: number; quantity: number }>;
/** What others have said so far. */
type Heard = Readonly<{ stockTaken: boolean; deliveryStarted: boolean }>;
export type Reason = 'CANCELLED_BY_CUSTOMER' | 'OUT_OF_STOCK';

export type PendingOrder = Ordered & Heard & Readonly<{ status: 'PENDING'; reason: null }>;
export type CompletedOrder = Ordered & Heard & Readonly<{ status: 'COMPLETED'; reason: null }>;
export type CancelledOrder = Ordered & Heard & Readonly<{ status: 'CANCELLED'; reason: Reason }>;
export type Order = PendingOrder | CompletedOrder | CancelledOrder;

/** A product as the order service has heard of it last; the product service may know better. */
export type CataloguedProduct = Readonly<{
  productId: number;
  name: string;
  price: number;
  stock: number;
  version: number;
}>;

export const place = ({ orderId, productId, quantity }: Ordered): PendingOrder => ({
  ...{ orderId, productId, quantity, status: 'PENDING', reason: null },
  ...{ stockTaken: false, deliveryStarted: false },
});

/** Completes the order when both have said so. */
export function hear(order: PendingOrder, fact: Partial<Heard>): PendingOrder | CompletedOrder {
  const heard = { ...order, ...fact };
  return heard.stockTaken && heard.deliveryStarted ? { ...heard, status: 'COMPLETED' } : heard;
}

export const cancel = (order: PendingOrder | CompletedOrder, reason: Reason): CancelledOrder => ({
  ...order,
  status: 'CANCELLED',
  reason,
});

/** What came last, of changes that may come in any order. */
export const newer = (known: CataloguedProduct | undefined, heard: CataloguedProduct): CataloguedProduct =>
  known && known.version >= heard.version ? known : heard;
