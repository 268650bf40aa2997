import { UnitOfWork, type Repository } from 'saga-kit';
import { OrderCancelled, OrderCompleted, OrderPlaced } from '../contracts';
import type { CataloguedProduct, Order } from './order';

export const orderEvents = [OrderPlaced, OrderCancelled, OrderCompleted] as const;

export abstract class OrderWork extends UnitOfWork<
  { orders: Repository<Order>; catalogue: Repository<CataloguedProduct, number> },
  (typeof orderEvents)[number]
> {}
