import { id, inDigits, plainText, problem, route, type Route } from 'saga-kit/http';
import { z } from 'zod';
import type { KitchenWork } from '../application/kitchen-work';

const most = 1_000_000_000;

const productPath = z.object({ productId: inDigits(id) });
const newProduct = z.strictObject({
  name: plainText(200),
  price: z.int().min(0).max(most).describe('of one, in cents'),
  stock: z.int().min(0).max(most),
  available: z.boolean(),
});
const product = z.object({ productId: id, ...newProduct.shape, stock: z.int() });

export const productRoutes = (work: KitchenWork): Route[] => [
  route(
    {
      method: 'GET',
      path: '/products/:productId',
      summary: 'A product',
      params: productPath,
      answers: { 200: product },
    },
    async ({ params: { productId } }) => {
      const found = await work.read(({ products }) => products.get(productId));
      return found ? { status: 200, body: found } : problem(404, `there is no product ${productId}`);
    },
  ),
  route(
    {
      method: 'PUT',
      path: '/products/:productId',
      summary: 'Creates or replaces a product',
      params: productPath,
      body: newProduct,
      answers: { 200: product, 201: product },
    },
    ({ params: { productId }, body }) =>
      work.run(async ({ products }) => {
        const known = await products.get(productId);
        const put = { productId, ...body };
        products.put(put);
        return known ? { status: 200, body: put } : { status: 201, body: put };
      }),
  ),
];
