import { plainText, problem, route, type Route, Routes, uuidText } from 'saga-kit/http';
import { ContainerModule, MessageHandler, service, UnitsOfWork } from 'saga-kit/service';
import { z } from 'zod';
import { add, productAggregate } from './product';
import { productDispatcher, ProductWork } from './product-dispatcher';

const body = z.strictObject({ name: plainText(200), stock: z.int().min(0).max(1_000_000_000) });
const shown = z.object({ productId: uuidText, name: z.string(), stock: z.int() });
const one = { path: '/products/:productId', params: shown.pick({ productId: true }), answers: { 200: shown } } as const;

const productRoutes = (work: ProductWork): Route[] => [
  route(
    { method: 'POST', path: '/products', summary: 'Adds a product', body, answers: { 201: shown } },
    async ({ body: { name, stock } }) => {
      const productId = await work.run(async ({ products, ids }) => {
        const id = ids.next();
        await products.get(id);
        products.append(id, add(name, stock));
        return id;
      });
      return { status: 201, headers: { Location: `/products/${productId}` }, body: { productId, name, stock } };
    },
  ),
  route({ ...one, method: 'GET', summary: 'A product' }, async ({ params: { productId } }) => {
    const { name, stock } = await work.read(({ products }) => products.get(productId));
    return name === null ? problem(404, 'nobody has added it') : { status: 200, body: { productId, name, stock } };
  }),
];

export const product = service({
  name: 'mall-orchestrated-product',
  migrations: [],
  bindings: new ContainerModule(({ bind }) => {
    bind(ProductWork).toResolvedValue((unit) => unit.of(ProductWork, { products: productAggregate }), [UnitsOfWork]);
    bind(MessageHandler).toConstantValue(productDispatcher);
    bind(Routes).toResolvedValue((work) => ({ routes: productRoutes(work) }), [ProductWork]);
  }),
});
