export type Product = Readonly<{ productId: number; name: string; price: number; stock: number; version: number }>;
/**
 * What was done for an order, so that it is done once, and given back only if it was taken. `CANCELLED`: before it was placed,
 * as far as this service has heard.
 */
export type Reservation = Readonly<{
  orderId: string;
  productId: number;
  quantity: number;
  status: 'TAKEN' | 'REFUSED' | 'RETURNED' | 'CANCELLED';
}>;

/** A change of the stock, as the next version. */
export const restock = (product: Product, pieces: number): Product => ({
  ...product,
  stock: product.stock + pieces,
  version: product.version + 1,
});
