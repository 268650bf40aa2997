import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Unprocessable } from 'saga-kit';
import type { Log } from 'saga-kit/runtime';
import { FaultyBroker, faultyStores, stub, worldWith, type World } from 'saga-kit/testing';
import { application } from '../src/http/application';
import { aBuyer, aTill, Charge, Charged, Deliver, purchase, PurchaseWork } from './a-till';
import { aTracer } from './a-tracer';

const tracer = aTracer();
let world: World;
let faults: FaultyBroker;
afterEach(() => world.close());

const lines: string[] = [];
const keep = (fields: object, message: string) => void lines.push(`${message} ${JSON.stringify(fields)}`);
const log: Log = { debug: () => {}, info: keep, warn: keep, error: keep };
const secret = { name: 'SECRET name', address: 'SECRET street 1', card: 'SECRET 4111' };

/** How the till charges, by the purchase. */
function charge(txId: string, text: string) {
  if (txId === 'bug') throw new Error(`cannot charge ${text}`);
  if (txId === 'unprocessable') throw new Unprocessable(`nobody can charge ${text}`);
  if (txId === 'parses') JSON.parse(`SECRET ${text}`);
  if (txId === 'text') throw `cannot charge ${text}`; // eslint-disable-line @typescript-eslint/only-throw-error
  return txId === 'declined' ? ({ code: 'DECLINED', errorMessage: `nobody takes ${text}` } as const) : undefined;
}

const buy = (txId: string) => world.work('buyer', PurchaseWork).run(({ sagas }) => sagas.begin(purchase, txId, secret));

async function ask(service: string, path: string, body: object): Promise<number> {
  const app = application(world.service(service).routes, log);
  const server = createServer((request, response) => void app.answer(request, response));
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  const headers = { 'Content-Type': 'application/json' };
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
    method: 'POST',
    headers,
    body: JSON.stringify(body),
  });
  await new Promise((closed) => server.close(closed));
  return answer.status;
}

test('whatever fails with an order, nothing of what is in it comes into a log, a trace or a metric', async () => {
  let commits = 0;
  world = await worldWith(
    {
      log,
      broker: (real) => (faults = new FaultyBroker(real)),
      stores: (stores) => faultyStores(stores, () => (++commits % 7 === 0 ? 'conflict' : undefined)),
    },
    aBuyer(),
    aTill(charge),
    stub('courier', [Deliver]),
  );
  tracer.on();
  const refused = { status: 'refused', reason: 'too large' } as const;
  faults.verdict = ({ topic, key }) => (topic === Charged.topic && key === 'refused' ? refused : undefined);
  faults.loses = ({ topic, key }) =>
    (topic === Deliver.topic && key === 'stuck') || (topic === Charge.topic && key === 'silent');
  const all = ['bug', 'unprocessable', 'parses', 'text', 'declined', 'refused', 'stuck', 'silent', 'approved'];
  const bought = Promise.all(all.map(buy));
  await world.pass(1_000);
  await bought;
  const garbage = Buffer.from(JSON.stringify(secret));
  const { value: whole } = await world.send(Charge.of(secret), { target: 'PURCHASE', txId: 'cut' });
  const cut = whole!.subarray(0, -4);
  for (const value of [garbage, cut, Buffer.concat([cut, garbage])])
    world.put({ topic: Charge.topic, key: Buffer.from('garbage'), value });
  expect(await ask('buyer', '/purchases', secret)).toBe(500);
  expect(await ask('buyer', '/purchases', { ...secret, card: [secret.card] })).toBe(422);
  await world.pass(180_000); // beyond all budgets, and beyond the deadline of what nobody has answered

  const logged = lines.join('\n');
  for (const what of [
    '"reason":"exhausted"',
    '"reason":"unprocessable"',
    '"reason":"not-avro"',
    '"reason":"corrupt"',
    'the broker refuses a message',
    'could not act on', // a saga whose deadline is over, and whose ending fails
    'a request failed',
  ])
    expect(logged).toContain(what);
  expect(lines.filter((line) => line.includes('SECRET'))).toEqual([]);

  const spans = tracer.spans();
  const ends = new Set(spans.map(({ attributes }) => attributes['error.type']));
  for (const what of ['exhausted', 'unprocessable', 'retried', 'not-avro', 'corrupt', 'conflict', '500'])
    expect(ends).toContain(what);
  const told = spans.map(({ name, attributes, events, links, status, resource }) =>
    JSON.stringify([name, attributes, events, links, status, resource.attributes]),
  );
  expect(told.filter((each) => each.includes('SECRET'))).toEqual([]);

  const metrics = await Promise.all(
    ['buyer', 'till', 'courier'].map((name) => world.service(name).metrics.registry.metrics()),
  );
  expect(metrics.join('\n')).toMatch(/saga_kit_messages_total\{[^}]*result="parked"[^}]*\} [1-9]/);
  expect(metrics.filter((text) => text.includes('SECRET'))).toEqual([]);
});
