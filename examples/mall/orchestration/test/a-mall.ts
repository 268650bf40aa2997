import { worldOf, type World } from 'saga-kit/testing';
import { delivery } from '../src/delivery/module';
import { order } from '../src/order/module';
import { product } from '../src/product/module';

/** What was asked is answered as the routes say, without HTTP in between. */
export interface Mall {
  readonly world: World;
  addProduct(stock: number): Promise<string>;
  place(productId: string, quantity: number, userId?: number): Promise<string>;
  get(path: string): Promise<any>;
}

export async function aMall(): Promise<Mall> {
  const world = await worldOf(order, product, delivery);
  const call = async (method: string, path: string, body?: unknown): Promise<any> => {
    const routes = ['order', 'product', 'delivery'].flatMap(
      (name) => world.service(`mall-orchestrated-${name}`).routes,
    );
    for (const each of routes) {
      const groups = new RegExp(`^${each.path.replace(/:(\w+)/g, '(?<$1>[^/]+)')}$`).exec(path)?.groups;
      const isIt = each.method === method && (groups !== undefined || each.path === path);
      if (!isIt) continue;
      const params: unknown = each.params?.parse({ ...groups });
      const answer = await each.handle({
        params,
        query: each.query.parse({}),
        headers: {},
        caller: undefined,
        body: each.body?.parse(body),
      });
      if (!('body' in answer)) return answer;
      return each.answers[answer.status]!.parse(answer.body);
    }
    throw new Error(`there is no ${method} ${path}`);
  };
  return {
    world,
    addProduct: async (stock) => (await call('POST', '/products', { name: 'TV', stock })).productId,
    place: async (productId, quantity, userId = 1) =>
      (await call('POST', '/orders', { productId, quantity, userId })).orderId,
    get: (path) => call('GET', path),
  };
}
