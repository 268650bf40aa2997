import { UnitOfWork, type Repository } from 'saga-kit';
import type { Order } from '../domain/order';

export abstract class OrderWork extends UnitOfWork<{
  orders: Repository<Order>;
  placements: Repository<Placement>;
}> {}

/** An order that was placed under an idempotency key, and what was asked for. */
export type Placement = Readonly<{ key: string; orderId: string; content: string; at: Date }>;
