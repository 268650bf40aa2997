import { aggregate } from 'saga-kit';

type Parcel = Readonly<{ productId: string; quantity: number }>;
export type Delivery = Readonly<{ status: 'NONE' | 'STARTED' | 'CANCELLED' }>;
export type DeliveryEvent = (Parcel & Readonly<{ type: 'DeliveryStarted' }>) | Readonly<{ type: 'DeliveryCancelled' }>;

const evolve = (_: Delivery, { type }: DeliveryEvent): Delivery => ({
  status: type === 'DeliveryStarted' ? 'STARTED' : 'CANCELLED',
});

/** One for each order, with its id. */
export const deliveryAggregate = aggregate({ name: 'delivery', initial: { status: 'NONE' }, evolve });

const quantityMax = 10_000; // what a van takes

export const start = ({ productId, quantity }: Parcel) =>
  quantity > quantityMax ? 'TOO_LARGE' : ([{ type: 'DeliveryStarted', productId, quantity }] as const);

/** A delivery that is not under way is not cancelled. */
export const cancel = ({ status }: Delivery): readonly DeliveryEvent[] =>
  status === 'STARTED' ? [{ type: 'DeliveryCancelled' }] : [];
