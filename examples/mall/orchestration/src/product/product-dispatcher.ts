import { dispatcher, UnitOfWork, type EventSourced } from 'saga-kit';
import { DecreaseStock, StockDecreased } from '../contracts';
import { decrease, type Product, type ProductEvent } from './product';

export abstract class ProductWork extends UnitOfWork<{ products: EventSourced<Product, ProductEvent> }> {}

export const productDispatcher = dispatcher([DecreaseStock], ProductWork, {
  DecreaseStock: async ({ message: { orderId, productId, quantity } }, { products }) => {
    const decided = decrease(await products.get(productId), { orderId, quantity });
    if (typeof decided === 'string') return DecreaseStock.refuse(decided, `${quantity} of ${productId} are not there`);
    products.append(productId, decided);
    return StockDecreased.of({ orderId });
  },
});
