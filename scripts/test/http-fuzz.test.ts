import fc from 'fast-check';
import { anAsk, rawBytes } from './http-arbitraries';
import { aSystem, checkProblem, ended, jsonOf, type Answer, type Ask, type System } from './http-system';

const runs = Number(process.env.HTTP_FUZZ_RUNS || 5_000);
const seed = Number(process.env.HTTP_FUZZ_SEED || 20_260_101);
const atOnce = 50;
const patienceMs = 60_000 + runs * 10;

const isFault = ({ status, headers }: Answer): boolean => status >= 500 && !(status === 503 && headers['retry-after']);

describe.each([
  ['a system', false],
  ['a system behind a gateway', true],
])('%s', (_name, behindGateway) => {
  let system: System;
  beforeAll(async () => {
    system = await aSystem({ behindGateway });
  });
  afterAll(() => system.close());

  async function send(one: Ask | string): Promise<void> {
    const answers = typeof one === 'string' ? await system.exchange(one) : [await system.ask(one)];
    for (const answer of answers) {
      if (isFault(answer)) throw new Error(`${JSON.stringify(one)} is answered ${answer.status}`);
      if (answer.status >= 400 && answer.text !== '') checkProblem(answer);
    }
  }

  test(
    `${runs} requests, many of which nobody should send, are all answered with sense`,
    async () => {
      const batch = fc.array(fc.oneof({ weight: 9, arbitrary: anAsk }, rawBytes), {
        minLength: atOnce,
        maxLength: atOnce,
      });
      await fc.assert(
        fc.asyncProperty(batch, async (requests) => void (await Promise.all(requests.map(send)))),
        { seed, numRuns: Math.ceil(runs / atOnce), endOnFailure: true },
      );
    },
    patienceMs,
  );

  test('after all of that the system is ready, and an order still ends approved', async () => {
    expect(system.deaths).toEqual([]);
    expect(await system.get('/health/ready')).toMatchObject({ status: 'up' });
    await system.put('/users/1', { name: 'Ada', status: 'NORMAL' });
    await system.put('/products/1', { name: 'Soup', price: 7, stock: 10, available: true });
    await system.put('/kitchen', { open: true, capacity: 1_000_000 });
    await system.put('/accounts/1', { balance: 1_000_000 });
    const { orderId } = jsonOf(await system.post({ userId: 1, items: [{ productId: 1, quantity: 1 }] }));
    expect(await ended(system, orderId)).toMatchObject({ status: 'APPROVED', totalPrice: 7 });
  });
});
