import { id, inDigits, plainText, problem, route, type Route } from 'saga-kit/http';
import { createsTable, integer, key, table, text } from 'saga-kit/service';
import { z } from 'zod';
import type { Product, Reservation } from './product';
import { change, type ProductWork } from './product-dispatcher';

export const productTable = table<Product, number>('products', {
  ...{ productId: integer, name: text, price: integer, stock: integer, version: integer },
});
export const reservationTable = table<Reservation>('reservations', {
  ...{ orderId: key(36), productId: integer, quantity: integer, status: key(10) },
});
export const productMigrations = [
  createsTable('product-001-products', productTable),
  createsTable('product-002-reservations', reservationTable),
];

/** Sets a product, as the version after the one that there is. */
const setProduct = (work: ProductWork, wanted: Omit<Product, 'version'>): Promise<Product> =>
  work.run(async (ports) => {
    const known = await ports.products.get(wanted.productId);
    const product = { ...wanted, version: (known?.version ?? 0) + 1 };
    change(product, ports);
    return product;
  });

const params = z.object({ productId: inDigits(id) });
const amount = z.int().min(0).max(1_000_000_000);
const body = z.strictObject({ name: plainText(200), price: amount, stock: amount });
const answer = z.object({ productId: id, name: z.string(), price: z.int(), stock: z.int() });

export const productRoutes = (work: ProductWork): Route[] => [
  route(
    { method: 'GET', path: '/products/:productId', summary: 'A product', params, answers: { 200: answer } },
    async ({ params: { productId } }) => {
      const found = await work.read(({ products }) => products.get(productId));
      return found ? { status: 200, body: answer.parse(found) } : problem(404, `there is no product ${productId}`);
    },
  ),
  route(
    { method: 'PUT', path: '/products/:productId', summary: 'Sets a product', params, body, answers: { 200: answer } },
    async ({ params: { productId }, body }) => ({
      status: 200,
      body: answer.parse(await setProduct(work, { productId, ...body })),
    }),
  ),
];

export async function loadSample(work: ProductWork): Promise<void> {
  if (await work.read(({ products }) => products.get(1))) return;
  await setProduct(work, { productId: 1, name: 'TV', price: 10_000, stock: 10 });
  await setProduct(work, { productId: 2, name: 'RADIO', price: 2_500, stock: 1_000 });
}
