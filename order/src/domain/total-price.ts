import type { OrderItem } from './order';

export type ProductPrice = Readonly<{ productId: number; price: number }>;

/**
 * The sum of quantity × price, in cents; `undefined` when the price of an item is missing. A sum that is too large to be
 * exact counts as the largest exact one: no account holds as much, so it is refused when it is to be paid.
 */
export function totalPriceOf(items: readonly OrderItem[], prices: readonly ProductPrice[]): number | undefined {
  const priceOf = new Map(prices.map(({ productId, price }) => [productId, price]));
  let total = 0;
  for (const { productId, quantity } of items) {
    const price = priceOf.get(productId);
    if (price === undefined) return undefined;
    total += quantity * price;
  }
  return Math.min(total, Number.MAX_SAFE_INTEGER);
}
