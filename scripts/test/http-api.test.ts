import fc from 'fast-check';
import { OrderWork } from '../../order/src/application/order-work';
import { aSystem, ended, jsonOf, type Answer, type System } from './http-system';

const kitchen = { open: true, capacity: 1_000 };
const soup = { name: 'Soup', price: 250, stock: 10_000, available: true };
const anOrder = (quantity = 1, userId = 1) => ({ userId, items: [{ productId: 1, quantity }] });
const idOf = (answer: Answer): string => jsonOf(answer).orderId;

let system: System;
beforeEach(async () => {
  system = await aSystem({ sampleData: false });
  await system.put('/users/1', { name: 'Ada', status: 'NORMAL' });
  await system.put('/users/2', { name: 'Bob', status: 'ABNORMAL' });
  await system.put('/accounts/1', { balance: 1_000_000 });
  await system.put('/products/1', soup);
  await system.put('/kitchen', kitchen);
});
afterEach(() => system.close());

test('an order is where its Location says, PENDING at first and then what became of it', async () => {
  const answer = await system.post(anOrder(2));
  const placed = jsonOf(answer);
  expect(answer).toMatchObject({ status: 201, headers: { location: `/orders/${placed.orderId}` } });
  expect(placed).toEqual({
    orderId: expect.any(String),
    ...anOrder(2),
    totalPrice: null,
    status: 'PENDING',
    refusal: null,
    createdAt: expect.any(String),
    updatedAt: placed.createdAt,
  });
  const approved = await ended(system, placed.orderId);
  expect(approved).toEqual({ ...placed, totalPrice: 500, status: 'APPROVED', updatedAt: expect.any(String) });
  expect(await system.get(`/orders/${placed.orderId.toUpperCase()}`)).toEqual(approved);
  expect(await system.get(`/tickets/${placed.orderId}`)).toMatchObject({ status: 'APPROVED', items: anOrder(2).items });
  expect(await system.get(`/payments/${placed.orderId}`)).toMatchObject({ amount: 500, status: 'APPROVED' });
});

describe('under an Idempotency-Key', () => {
  const key = { 'Idempotency-Key': 'key' };

  test('the same order comes to 201 again, with the same Location and the status as it is now', async () => {
    const first = await system.post(anOrder(), key);
    const approved = await ended(system, idOf(first));
    const again = await system.post(anOrder(), key);
    expect(again).toMatchObject({ status: 201, headers: { location: first.headers.location } });
    expect(jsonOf(again)).toEqual(approved);
  });

  test('the same order may be written in another way', async () => {
    const first = await system.post('{"userId":1,"items":[{"productId":1,"quantity":1}]}', key);
    const again = await system.post('{ "items": [{"quantity": 1.0, "productId": 1}], "userId": 1e0 }', key);
    expect([again.status, idOf(again)]).toEqual([201, idOf(first)]);
  });

  test('another order is refused, and is not placed', async () => {
    await system.post(anOrder(1), key);
    const other = await system.post(anOrder(2), key);
    expect(other.status).toBe(422);
    expect(jsonOf(other).errors).toMatchObject([{ path: 'idempotency-key' }]);
    expect((await system.get('/orders')).items).toHaveLength(1);
  });

  test('many at once make one order', async () => {
    const answers = await Promise.all(Array.from({ length: 50 }, () => system.post(anOrder(), key)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
    expect(new Set(answers.map(idOf)).size).toBe(1);
    expect((await system.get('/orders')).items).toHaveLength(1);
  });

  test('of two different orders at once, one is placed', async () => {
    const answers = await Promise.all([system.post(anOrder(1), key), system.post(anOrder(2), key)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 422]);
    expect((await system.get('/orders')).items).toHaveLength(1);
  });

  test('or none, or another one, the same order is placed twice', async () => {
    const answers = [await system.post(anOrder()), await system.post(anOrder()), await system.post(anOrder(), key)];
    answers.push(await system.post(anOrder(), { 'Idempotency-Key': 'KEY' }));
    expect(new Set(answers.map(idOf)).size).toBe(4);
  });
});

test('the events of an order are its messages, oldest first, each caused by the one before', async () => {
  const orderId = idOf(await system.post(anOrder()));
  await ended(system, orderId);
  const { items } = await system.get(`/orders/${orderId}/events`);
  expect(items.map(({ direction, type, topic }: any) => `${direction} ${type} ${topic}`)).toEqual([
    'sent CheckUser order-to-user-status',
    'received UserChecked user-to-order-status',
    'sent CreateTicket order-to-kitchen-ticket-creation',
    'received TicketCreated kitchen-to-order-ticket-creation',
    'sent Pay order-to-payment-pay',
    'received PaymentApproved payment-to-order-pay',
    'sent ApproveTicket order-to-kitchen-ticket-status',
    'received TicketApproved kitchen-to-order-ticket-status',
  ]);
  expect(items.slice(1).map(({ causationId }: any) => causationId)).toEqual(
    items.slice(0, -1).map(({ messageId }: any) => messageId),
  );
});

test.each([
  ['/users/7', { name: 'Eve', status: 'NORMAL' }, { name: 'Eva', status: 'ABNORMAL' }, { userId: 7 }],
  ['/users/9007199254740991', { name: 'Last', status: 'NORMAL' }, { name: '🍲', status: 'NORMAL' }, {}],
  ['/products/7', soup, { ...soup, price: 0, available: false }, { productId: 7 }],
  ['/accounts/7', { balance: 0 }, { balance: 10 ** 15 }, { userId: 7 }],
])('PUT %s creates, then replaces, and GET answers the same', async (path, first, second, id) => {
  expect((await system.ask({ path })).status).toBe(404);
  for (const [body, status] of [[first, 201] as const, [second, 200] as const]) {
    const put = await system.put(path, body);
    expect([put.status, jsonOf(put)]).toEqual([status, expect.objectContaining({ ...body, ...id })]);
    expect(await system.get(path)).toEqual(jsonOf(put));
  }
});

test('PUT /kitchen creates, then replaces, and never says who waits', async () => {
  const empty = await aSystem({ sampleData: false });
  expect((await empty.ask({ path: '/kitchen' })).status).toBe(404);
  expect((await empty.put('/kitchen', kitchen)).status).toBe(201);
  expect((await empty.put('/kitchen', { open: false, capacity: 0 })).status).toBe(200);
  expect(await empty.get('/kitchen')).toEqual({ open: false, capacity: 0, waiting: 0 });
  await empty.close();
});

test('every name that is taken comes back as it was sent', async () => {
  const name = fc
    .string({ unit: 'binary', minLength: 1 })
    .filter((text) => text.length <= 200 && !/\p{Cc}/u.test(text));
  await fc.assert(
    fc.asyncProperty(name, async (name) => {
      expect((await system.put('/users/3', { name, status: 'NORMAL' })).status).toBeLessThan(300);
      expect((await system.get('/users/3')).name).toBe(name);
    }),
    { seed: 1, numRuns: 200 },
  );
});

test('who comes when 10,000 wait is answered 503 and when to come back, and nothing is lost', async () => {
  const work = system.started.services.find(({ name }) => name === 'order')!.container.get(OrderWork);
  let goOn = (): void => {};
  const gate = new Promise<void>((resolve) => (goOn = resolve));
  let waiting: Promise<unknown>[] = [];
  await new Promise<void>((begun) => (waiting = [work.run(async () => (begun(), gate))]));
  for (let count = 0; count < 10_000; count++) waiting.push(work.run(async () => count));
  const answer = await system.post(anOrder());
  expect(answer).toMatchObject({ status: 503, headers: { 'retry-after': '1' } });
  expect((await system.ask({ path: '/orders' })).status).toBe(200);
  goOn();
  await Promise.all(waiting);
  expect((await system.post(anOrder())).status).toBe(201);
});
