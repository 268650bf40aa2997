import { createServer, type RequestListener } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { cancelled, withCancellations } from './cancellations';
import { plan, type PlannedOrder } from './orders';
import { randomFrom } from './random';

const planned: PlannedOrder = {
  key: 'k',
  body: { userId: 1, items: [{ productId: 1, quantity: 2 }] },
  ends: 'APPROVED',
  cancel: { afterMs: 0, customers: 1 },
};

/** What a customer makes of these answers, one after the other; `undefined`: the connection is cut. */
async function answeredWith(customers: number, ...statuses: readonly (number | undefined)[]) {
  const asked: string[] = [];
  const listener: RequestListener = ({ method, url }, response) => {
    const status = statuses[asked.length];
    asked.push(`${method} ${url}`);
    if (status === undefined) response.destroy();
    else response.writeHead(status).end('{}');
  };
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    const answers = await cancelled(() => url, 'o', { ...planned, cancel: { afterMs: 0, customers } });
    return { answers, asked };
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

test.each([
  [[202], 'accepted'],
  [[409], 'too late'],
  [[503, 202], 'accepted'],
  [[503, 409], 'too late'],
  [[undefined, 409], 'too late'],
  [[undefined, 202], 'accepted'],
])('a customer who is answered %j takes it for %s', async (statuses, what) => {
  const { answers, asked } = await answeredWith(1, ...statuses);
  expect(answers).toEqual([what]);
  expect(asked).toEqual(statuses.map(() => 'POST /orders/o/cancel'));
});

test('two customers are answered each', async () => {
  expect((await answeredWith(2, 202, 409)).answers.sort()).toEqual(['accepted', 'too late']);
});

test('an answer that should not be is a fault', async () => {
  await expect(answeredWith(1, 404)).rejects.toThrow('the cancellation of o was answered 404');
});

test('an order that nobody cancels is left alone', async () => {
  const { cancel: _, ...rest } = planned;
  const kept: PlannedOrder = rest;
  expect(await cancelled(() => 'http://127.0.0.1:1', 'o', kept)).toEqual([]);
});

test('so many percent are cancelled, at once and later, some by two, and the orders are the same', () => {
  const orders = plan(2_000, randomFrom(1), 'test');
  const percent = (share: number) => withCancellations(orders, share, randomFrom(2)).filter(({ cancel }) => cancel);
  expect(percent(0)).toEqual([]);
  expect(percent(100)).toHaveLength(2_000);
  const some = percent(30);
  expect(some.length).toBeGreaterThan(500);
  expect(some.length).toBeLessThan(700);
  expect(some.some(({ cancel }) => cancel?.afterMs === 0)).toBe(true);
  expect(some.some(({ cancel }) => cancel!.afterMs > 300)).toBe(true);
  expect(some.some(({ cancel }) => cancel?.customers === 2)).toBe(true);
  expect(withCancellations(orders, 30, randomFrom(2)).map(({ key, body, ends }) => ({ key, body, ends }))).toEqual(
    orders,
  );
});
