import { createServer, type RequestListener } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { placeAll, plan } from './orders';
import { randomFrom } from './random';

/** Places orders with somebody who answers like this. */
async function placed(count: number, answer: RequestListener) {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    return await placeAll(
      () => url,
      plan(count, randomFrom(1), 'test'),
      2,
      () => {},
    );
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

test('an order that is turned away is placed again, under the same key, until it is answered 201', async () => {
  const keys: unknown[] = [];
  const { answered, faults } = await placed(1, ({ headers }, response) => {
    keys.push(headers['idempotency-key']);
    response.writeHead(keys.length === 1 ? 503 : 201).end('{"orderId":"o"}');
  });
  expect({ answered, faults }).toMatchObject({ answered: [{ orderId: 'o' }], faults: [] });
  expect(keys).toEqual(['test-0', 'test-0']);
});

test('an order that is refused is a fault, and the others are placed all the same', async () => {
  const { answered, faults } = await placed(3, ({ headers }, response) => {
    response.writeHead(headers['idempotency-key'] === 'test-1' ? 422 : 201).end('{"orderId":"o"}');
  });
  expect(answered).toHaveLength(2);
  expect(faults).toEqual(['order test-1 was answered 422: {"orderId":"o"}']);
});

test('no more are placed when too many are refused', async () => {
  let asked = 0;
  const { faults } = await placed(1_000, (_, response) => {
    asked++;
    response.writeHead(500).end('{}');
  });
  expect(faults.length).toBeGreaterThanOrEqual(20);
  expect(asked).toBeLessThan(30);
});
