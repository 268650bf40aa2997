import { aSystem, ended, jsonOf, type System } from './http-system';

let system: System;
const newestFirst: string[] = [];
/** Every third is of a user who is refused. */
const isRejected = (index: number): boolean => index % 3 === 1;

beforeAll(async () => {
  system = await aSystem();
  for (let index = 22; index >= 0; index--) {
    const order = { userId: isRejected(index) ? 10 : 1, items: [{ productId: 1, quantity: 1 }] };
    newestFirst.unshift(jsonOf(await system.post(order)).orderId);
  }
  for (const id of newestFirst) await ended(system, id);
});
afterAll(() => system.close());

const walk = async (query: string): Promise<string[][]> => {
  const pages: string[][] = [];
  for (let next: string | null = ''; next !== null && pages.length < 100;) {
    const page = await system.get(`/orders?${query}${next === '' ? '' : `&after=${next}`}`);
    pages.push(page.items.map(({ orderId }: { orderId: string }) => orderId));
    next = page.next;
  }
  return pages;
};

test('the list has the newest order first, 20 on a page', async () => {
  const pages = await walk('');
  expect(pages).toEqual([newestFirst.slice(0, 20), newestFirst.slice(20)]);
});

test.each([1, 7, 22, 23, 100])(
  'the list has every order exactly once when it is walked %i at a time',
  async (limit) => {
    const pages = await walk(`limit=${limit}`);
    expect(pages.flat()).toEqual(newestFirst);
    expect(pages).toHaveLength(Math.ceil(23 / limit));
  },
);

test('the list can be of one status', async () => {
  const rejected = newestFirst.filter((_, index) => isRejected(index));
  expect((await walk('status=REJECTED&limit=3')).flat()).toEqual(rejected);
  expect((await walk('status=APPROVED&limit=100')).flat()).toEqual(newestFirst.filter((id) => !rejected.includes(id)));
  expect(await system.get('/orders?status=PENDING')).toEqual({ items: [], next: null });
});

test('the list goes on after an id in either case', async () => {
  const page = await system.get(`/orders?limit=1&after=${newestFirst[4]!.toUpperCase()}`);
  expect(page.items).toMatchObject([{ orderId: newestFirst[5] }]);
});
