import type { Refused } from './refused';

/** `price` is of one, in cents. */
export type Product = Readonly<{ productId: number; name: string; price: number; stock: number; available: boolean }>;
export type Item = Readonly<{ productId: number; quantity: number }>;

/** Takes what an item needs out of the stock. */
export function take(
  product: Product | undefined,
  { productId, quantity }: Item,
): Product | Refused<'UNKNOWN_PRODUCT' | 'SOLD_OUT'> {
  if (!product) return { code: 'UNKNOWN_PRODUCT', errorMessage: `there is no product ${productId}` };
  if (product.stock < quantity)
    return { code: 'SOLD_OUT', errorMessage: `of product ${productId}, ${product.stock} are left, not ${quantity}` };
  return { ...product, stock: product.stock - quantity };
}

export const putBack = (product: Product, { quantity }: Item): Product => ({
  ...product,
  stock: product.stock + quantity,
});
