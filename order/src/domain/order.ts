export type OrderItem = Readonly<{ productId: number; quantity: number }>;

type Placed = Readonly<{
  orderId: string;
  userId: number;
  items: readonly OrderItem[];
  createdAt: Date;
  updatedAt: Date;
}>;
export type PendingOrder = Placed & Readonly<{ status: 'PENDING'; totalPrice: number | null; refusal: null }>;
export type ApprovedOrder = Placed & Readonly<{ status: 'APPROVED'; totalPrice: number; refusal: null }>;
export type RejectedOrder = Placed & Readonly<{ status: 'REJECTED'; totalPrice: number | null; refusal: OrderRefusal }>;
export type Order = PendingOrder | ApprovedOrder | RejectedOrder;

/** Who said no (the command), why (its code), and what they said. */
export type OrderRefusal = Readonly<{ step: string; code: string; message: string }>;

export const place = (orderId: string, userId: number, items: readonly OrderItem[], at: Date): PendingOrder => ({
  orderId,
  userId,
  items,
  status: 'PENDING',
  totalPrice: null,
  refusal: null,
  createdAt: at,
  updatedAt: at,
});

export const price = (order: PendingOrder, totalPrice: number, at: Date): PendingOrder => ({
  ...order,
  totalPrice,
  updatedAt: at,
});

export const approve = (order: PendingOrder, totalPrice: number, at: Date): ApprovedOrder => ({
  ...order,
  status: 'APPROVED',
  totalPrice,
  updatedAt: at,
});

export const reject = (order: PendingOrder, refusal: OrderRefusal, at: Date): RejectedOrder => ({
  ...order,
  status: 'REJECTED',
  refusal,
  updatedAt: at,
});
