import { setTimeout } from 'node:timers/promises';
import { consumers } from '@saga-kit/cli/internal/operate/consumers';
import { parked } from '@saga-kit/cli/internal/operate/parked';
import { sagas } from '@saga-kit/cli/internal/operate/sagas';

const waitMs = 30_000;

/** Types a command of whoever is on call; rejects when it does not end with 0. */
export async function typed(run: typeof sagas, ...args: readonly string[]): Promise<string> {
  const said: string[] = [];
  const hints: string[] = [];
  const terminal = { env: {}, say: (text: string) => said.push(text), hint: (text: string) => hints.push(text) };
  const code = await run(args, terminal);
  if (code !== 0) throw new Error(`${args.join(' ')} ends with ${code}: ${hints.join('\n')}`);
  return said.join('\n');
}

async function until<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  for (const end = Date.now() + waitMs; Date.now() < end; await setTimeout(50)) {
    const found = await look();
    if (found !== undefined) return found;
  }
  throw new Error(`${what}: not within ${waitMs} ms`);
}

async function place(url: string): Promise<string> {
  const body = JSON.stringify({ userId: 1, items: [{ productId: 2, quantity: 1 }] });
  const headers = { 'Content-Type': 'application/json' };
  const answer = await fetch(`${url}/orders`, { method: 'POST', headers, body });
  return ((await answer.json()) as { orderId: string }).orderId;
}

const endOf = (url: string, orderId: string) =>
  until(`the end of ${orderId}`, async () => {
    const order = (await (await fetch(`${url}/orders/${orderId}`)).json()) as {
      status: string;
      refusal?: { code: string };
    };
    return order.status === 'PENDING' ? undefined : (order.refusal?.code ?? order.status);
  });

/** Orders whose payment nobody answers, each brought to its end by another act. */
export async function expectOnCall(url: string): Promise<void> {
  const act = (verb: string, id: string, ...more: readonly string[]) =>
    typed(sagas, verb, id, '--reason', 'payment is gone for good', '--who', 'Ada', '--yes', '--url', url, ...more);
  const stuckAt = async (step: string, orderId: string) => {
    const id = `ORDER_CREATION/${orderId}`;
    await until(`${orderId} at ${step}`, async () => {
      const shown = await typed(sagas, 'show', id, '--json', '--url', url).catch(() => '{}');
      return (JSON.parse(shown) as { step?: string }).step === step ? true : undefined;
    });
    return id;
  };
  const list = async (...more: readonly string[]) =>
    (
      JSON.parse(await typed(sagas, 'list', '--json', '--url', url, ...more)) as {
        items: { txId: string; why: string }[];
      }
    ).items;

  const skipped = await place(url);
  const id = await stuckAt('Pay', skipped);
  const [seen] = (await list('--step', 'Pay')).filter(({ txId }) => txId === skipped);
  expect(seen!.why).toMatch(
    /^Pay was asked once on order-to-payment-pay; it waits for PaymentApproved until .* Then it is compensated\.$/,
  );
  await act('retry', id);
  await act('skip', id, '--reply', JSON.stringify({ paymentId: 'cash' }));
  expect(await endOf(url, skipped)).toBe('APPROVED');
  const { acts } = (await (await fetch(`${url}/stories/${skipped}`)).json()) as { acts: { verb: string }[] };
  expect(acts).toMatchObject(
    ['retry', 'skip'].map((verb) => ({ verb, who: 'Ada', reason: 'payment is gone for good', service: 'order' })),
  );

  const compensated = await place(url);
  await act('compensate', await stuckAt('Pay', compensated));
  await act('skip', `ORDER_CREATION/${compensated}`, '--reply', JSON.stringify({ orderId: compensated }));
  expect(await endOf(url, compensated)).toBe('COMPENSATED_BY_OPERATOR');

  const cancelled = await place(url);
  await act('cancel', await stuckAt('Pay', cancelled), '--code', 'CANCELLED_BY_CUSTOMER');
  await act('abandon', `ORDER_CREATION/${cancelled}`);
  expect(await endOf(url, cancelled)).toBe('CANCELLED_BY_CUSTOMER');
  await expect(act('retry', `ORDER_CREATION/${cancelled}`)).rejects.toThrow('it has ended: it is rejected');

  const open = (await list('--status', 'running')).map(({ txId }) => txId);
  for (const orderId of [skipped, compensated, cancelled]) expect(open).not.toContain(orderId);
  expect(await typed(parked, 'list', '--url', url)).toBe('there are none');
}

/** What comes to a topic, or for a saga, while it is paused waits, whoever reads it, and counts once when it is resumed. */
export async function expectPaused(
  url: string,
  instances: () => readonly string[],
  restart: () => Promise<void>,
): Promise<void> {
  const topic = 'order-to-kitchen-ticket-creation';
  const act = (verb: string) =>
    typed(consumers, verb, `kitchen/${topic}`, '--reason', 'a storm', '--who', 'Ada', '--yes', '--url', url);
  const lag = async () => {
    const { consumers: all } = JSON.parse(await typed(consumers, 'list', '--json', '--url', url)) as {
      consumers: { service: string; topics: { topic: string; partitions: { lag: number }[] }[] }[];
    };
    const kitchen = all.find(({ service }) => service === 'kitchen')!;
    return kitchen.topics.find((each) => each.topic === topic)!.partitions.reduce((sum, { lag }) => sum + lag, 0);
  };
  const statusOf = async (orderId: string) =>
    ((await (await fetch(`${url}/orders/${orderId}`)).json()) as { status: string }).status;
  await act('pause');
  await until('every instance has paused it', async () => {
    const each = await Promise.all(instances().map(async (one) => (await fetch(`${one}/health/ready`)).text()));
    return each.every((text) => text.includes('Ada has paused it')) ? true : undefined;
  });
  const orders = await Promise.all(Array.from({ length: 5 }, () => place(url)));
  await until('they wait for the kitchen', async () => ((await lag()) === orders.length ? true : undefined));
  await restart();
  const later = await place(url);
  await until('one more waits', async () => ((await lag()) === orders.length + 1 ? true : undefined));
  expect(await Promise.all([...orders, later].map(statusOf))).toEqual(Array(orders.length + 1).fill('PENDING'));
  const saga = `ORDER_CREATION/${later}`;
  const actOnSaga = (verb: string) =>
    typed(sagas, verb, saga, '--reason', 'the customer is on the phone', '--yes', '--url', url);
  await actOnSaga('pause');
  await act('resume');
  for (const orderId of orders) expect(await endOf(url, orderId)).toBe('APPROVED');
  await until('the answer to it is kept', async () => {
    const kept = await typed(parked, 'list', '--why', 'paused', '--url', url);
    return kept === 'there are none' ? undefined : kept;
  });
  expect(await statusOf(later)).toBe('PENDING');
  await actOnSaga('resume');
  expect(await endOf(url, later)).toBe('APPROVED');
  expect(await typed(parked, 'list', '--why', 'paused', '--url', url)).toBe('there are none');
  await until('nothing is left', async () => ((await lag()) === 0 ? true : undefined));
}
