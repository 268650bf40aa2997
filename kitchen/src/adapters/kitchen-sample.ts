import type { SampleData } from 'saga-kit/service';
import { kitchenId, type KitchenWork } from '../application/kitchen-work';
import type { Product } from '../domain/product';

const productsMax = 20;
const plenty = 1_000_000;

/** Three products are there to see an order rejected: one sold out, one not available, one that nobody can pay. */
export class KitchenSample implements SampleData {
  constructor(private readonly work: KitchenWork) {}

  load(): Promise<void> {
    return this.work.run(async ({ kitchens, products }) => {
      if (await kitchens.get(kitchenId)) return;
      kitchens.add({ kitchenId, open: true, capacity: plenty, waiting: 0 });
      for (let productId = 1; productId <= productsMax; productId++)
        products.add({ ...ordinary(productId), ...special[productId] });
    });
  }
}

const ordinary = (productId: number): Product => ({
  productId,
  name: `Product ${productId}`,
  price: 1_000 * productId,
  stock: plenty,
  available: true,
});

const special: Readonly<Record<number, Partial<Product>>> = {
  18: { stock: 0 },
  19: { available: false },
  20: { price: 1_000_000_000 },
};
