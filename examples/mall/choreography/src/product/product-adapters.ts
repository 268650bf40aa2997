import { id, inDigits, plainText, problem, route, type Route } from 'saga-kit/http';
import { createsTable, integer, key, table, text } from 'saga-kit/service';
import { z } from 'zod';
import { change, type Product, type ProductWork, type Reservation } from './product-dispatcher';

const productColumns = { productId: integer, name: text, price: integer, stock: integer, version: integer };
export const products = table<Product, number>('products', productColumns);
const reservationColumns = { orderId: key(36), productId: integer, quantity: integer, status: key(10) };
export const reservations = table<Reservation>('reservations', reservationColumns);
export const migrations = [createsTable('product-001', products), createsTable('product-002', reservations)];

const setProduct = (work: ProductWork, wanted: Omit<Product, 'version'>) =>
  work.run(async (ports) => {
    const known = await ports.products.get(wanted.productId);
    change({ ...wanted, version: known?.version ?? 0 }, ports);
  });

const amount = z.int().min(0).max(1_000_000_000);
const fields = { name: plainText(200), price: amount, stock: amount };
const params = z.object({ productId: inDigits(id) });
const body = z.strictObject(fields);
const product = z.object({ productId: id, ...fields });
const path = '/products/:productId';

export const productRoutes = (work: ProductWork): Route[] => [
  route({ method: 'GET', path, summary: 'A product', params, answers: { 200: product } }, async ({ params }) => {
    const found = await work.read(({ products }) => products.get(params.productId));
    return found ? { status: 200, body: product.parse(found) } : problem(404, 'there is no such product');
  }),
  route({ method: 'PUT', path, summary: 'Sets it', params, body, answers: { 200: product } }, async (asked) => {
    const wanted = { ...asked.params, ...asked.body };
    await setProduct(work, wanted);
    return { status: 200, body: wanted };
  }),
];

export async function loadSample(work: ProductWork): Promise<void> {
  if (await work.read(({ products }) => products.get(1))) return;
  await setProduct(work, { productId: 1, name: 'TV', price: 10_000, stock: 10 });
  await setProduct(work, { productId: 2, name: 'RADIO', price: 2_500, stock: 1_000 });
}
