import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { placeSteadily } from './load';

let server: Server;
let answer: (() => void)[];
let url: string;
let isAnswering: boolean;
beforeEach(async () => {
  answer = [];
  isAnswering = true;
  server = createServer((asked, response) => {
    asked.resume();
    const now = () =>
      response.writeHead(201).end(JSON.stringify({ orderId: `of ${asked.headers['idempotency-key']}` }));
    if (isAnswering) now();
    else answer.push(now);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const planned = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ key: `${index}`, body: { userId: 1, items: [] }, ends: 'APPROVED' }));
const load = {
  url: () => url,
  perSecond: 1_000,
  together: 1,
  atOnce: 2,
  isTooMuch: () => false,
  signal: new AbortController().signal,
};

test('orders are placed until there are enough', async () => {
  let looks = 0;
  const { answered, faults } = await placeSteadily({
    ...load,
    atOnce: 10,
    orders: planned(10),
    isOver: () => ++looks > 5,
  });
  expect(faults).toEqual([]);
  expect(answered.map(({ orderId }) => orderId).sort()).toEqual(['of 0', 'of 1', 'of 2', 'of 3', 'of 4']);
});

test('while too many have no answer, no more are placed, and none later to make up for it', async () => {
  isAnswering = false;
  let looks = 0;
  const isOver = () => {
    const last = ++looks > 20;
    if (last) void answerAll();
    return last;
  };
  const { answered, passedOver } = await placeSteadily({ ...load, orders: planned(100), isOver });
  expect([answered.length, passedOver]).toEqual([2, 18]);
});

test('while too many orders are open, none is placed', async () => {
  let looks = 0;
  const isTooMuch = () => looks > 4 && looks <= 8;
  const isOver = () => ++looks > 10;
  const { answered, passedOver } = await placeSteadily({
    ...load,
    atOnce: 10,
    orders: planned(100),
    isTooMuch,
    isOver,
  });
  expect([answered.length, passedOver]).toEqual([6, 4]);
});

async function answerAll(): Promise<void> {
  isAnswering = true;
  while (answer.length < 2) await new Promise((resolve) => setImmediate(resolve));
  for (const each of answer) each();
}
