import { dispatcher, UnitOfWork, type PayloadOf, type Ports, type Repository } from 'saga-kit';
import { OrderCancelled, OrderPlaced, ProductChanged, ProductOutOfStock, StockDecreased } from '../contracts';

export type Product = PayloadOf<typeof ProductChanged>;
/** What was done for an order: it is done once, and given back only if it was taken. `CANCELLED`: before it was placed. */
export type Reservation = PayloadOf<typeof StockDecreased> &
  Readonly<{ status: 'TAKEN' | 'REFUSED' | 'RETURNED' | 'CANCELLED' }>;
type Own = { products: Repository<Product, number>; reservations: Repository<Reservation> };

export const productEvents = [ProductChanged, StockDecreased, ProductOutOfStock] as const;
export abstract class ProductWork extends UnitOfWork<Own, (typeof productEvents)[number]> {}

/** Puts the next version of a product, and tells everybody. */
export function change(product: Product, { products, outbox }: Ports<Own, typeof ProductChanged>): void {
  const next = { ...product, version: product.version + 1 };
  products.put(next);
  outbox.add({ target: 'MALL_PRODUCT', txId: `${product.productId}` }, ProductChanged.of(next));
}

export const productDispatcher = dispatcher([OrderPlaced, OrderCancelled] as const, ProductWork, {
  OrderPlaced: async ({ message: { orderId, productId, quantity } }, ports) => {
    const [known, product] = await rowsOf(orderId, productId, ports);
    if (known) return []; // it was cancelled before
    const isThere = product !== undefined && product.stock >= quantity;
    ports.reservations.add({ orderId, productId, quantity, status: isThere ? 'TAKEN' : 'REFUSED' });
    if (!isThere) return [ProductOutOfStock.of({ productId, orderId })];
    change({ ...product, stock: product.stock - quantity }, ports);
    return [StockDecreased.of({ orderId, productId, quantity })];
  },
  OrderCancelled: async ({ message: { orderId, productId, quantity } }, ports) => {
    const [known, product] = await rowsOf(orderId, productId, ports);
    if (!known) ports.reservations.add({ orderId, productId, quantity, status: 'CANCELLED' });
    if (known?.status !== 'TAKEN' || !product) return [];
    ports.reservations.put({ ...known, status: 'RETURNED' });
    change({ ...product, stock: product.stock + quantity }, ports);
    return [];
  },
});

/** Asked for together, so that they are locked together. */
const rowsOf = (orderId: string, productId: number, { reservations, products }: Ports<Own>) =>
  Promise.all([reservations.get(orderId), products.get(productId)]);
