import { dispatcher, UnitOfWork, type Repository } from 'saga-kit';
import {
  OrderCancelled,
  OrderPlaced,
  ProductChanged,
  ProductOutOfStock,
  productProcess,
  StockDecreased,
} from '../contracts';
import { restock, type Product, type Reservation } from './product';

export const productEvents = [ProductChanged, StockDecreased, ProductOutOfStock] as const;

export abstract class ProductWork extends UnitOfWork<
  { products: Repository<Product, number>; reservations: Repository<Reservation> },
  (typeof productEvents)[number]
> {}
type Ports = Parameters<Parameters<ProductWork['run']>[0]>[0];

/** Puts a product, and tells everybody. */
export function change(product: Product, { products, outbox }: Ports): void {
  products.put(product);
  outbox.add(productProcess(product.productId), ProductChanged.of(product));
}

export const productDispatcher = dispatcher([OrderPlaced, OrderCancelled] as const, ProductWork, {
  OrderPlaced: async ({ message: { orderId, productId, quantity } }, ports) => {
    const [known, product] = await rowsOf(orderId, productId, ports);
    if (known) return []; // it was cancelled before
    const isThere = product !== undefined && product.stock >= quantity;
    ports.reservations.add({ orderId, productId, quantity, status: isThere ? 'TAKEN' : 'REFUSED' });
    if (!isThere) return [ProductOutOfStock.of({ productId, orderId })];
    change(restock(product, -quantity), ports);
    return [StockDecreased.of({ orderId, productId, quantity })];
  },
  OrderCancelled: async ({ message: { orderId, productId, quantity } }, ports) => {
    const [known, product] = await rowsOf(orderId, productId, ports);
    if (!known) ports.reservations.add({ orderId, productId, quantity, status: 'CANCELLED' });
    if (known?.status !== 'TAKEN' || !product) return [];
    ports.reservations.put({ ...known, status: 'RETURNED' });
    change(restock(product, known.quantity), ports);
    return [];
  },
});

/** Asked for together, so that they are locked together. */
const rowsOf = (orderId: string, productId: number, { reservations, products }: Ports) =>
  Promise.all([reservations.get(orderId), products.get(productId)]);
