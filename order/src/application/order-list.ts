import type { Order } from '../domain/order';

/** Orders that are looked for by something else than their id. */
export abstract class OrderList {
  /** Newest first, from behind the order `after` on. */
  abstract newest(filter: OrderFilter): Promise<readonly Order[]>;
}
export type OrderFilter = Readonly<{ status?: Order['status'] | undefined; after?: string | undefined; limit: number }>;
