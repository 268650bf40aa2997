import { UnitOfWork, type Repository } from 'saga-kit';
import type { Kitchen } from '../domain/kitchen';
import type { Product } from '../domain/product';
import type { Ticket } from '../domain/ticket';

export abstract class KitchenWork extends UnitOfWork<{
  tickets: Repository<Ticket>;
  products: Repository<Product, number>;
  kitchens: Repository<Kitchen, number>;
}> {}

/** There is one kitchen. */
export const kitchenId = 1;
