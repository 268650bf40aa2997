import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { aSystem, ended, jsonOf, type Ask, type System } from './http-system';
import { services } from '../src/services';

let system: System;
let document: any;
let orderId: string;
beforeAll(async () => {
  system = await aSystem();
  document = await system.get('/openapi.json');
  orderId = jsonOf(await system.post({ userId: 1, items: [{ productId: 19, quantity: 1 }] })).orderId;
  await ended(system, orderId);
});
afterAll(() => system.close());

test('the description is a valid OpenAPI 3.1 document', () => {
  expect(document.openapi).toMatch(/^3\.1\./);
  const validator = join(dirname(require.resolve('@seriousme/openapi-schema-validator')), 'bin', 'validate-api-cli.js');
  const folder = mkdtempSync(join(tmpdir(), 'openapi-'));
  const file = join(folder, 'openapi.json');
  writeFileSync(file, JSON.stringify(document));
  const verdict = execFileSync(process.execPath, [validator, file], { encoding: 'utf8' });
  rmSync(folder, { recursive: true });
  expect(JSON.parse(verdict)).toEqual({ valid: true });
});

test('the description names every route, and no other', () => {
  const described = Object.entries<object>(document.paths).flatMap(([path, operations]) =>
    Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
  );
  const own = [
    'GET /',
    'GET /health/live',
    'GET /health/ready',
    'GET /metrics',
    'GET /stories/{txId}',
    'GET /openapi.json',
    'GET /admin/services/{service}/audit',
    'GET /admin/services/{service}/contracts',
    'GET /admin/services/{service}/definitions',
    'GET /admin/services/{service}/consumer',
    'POST /admin/services/{service}/consumer/topics/{topic}/{verb}',
    'GET /admin/services/{service}/live',
    'GET /admin/services/{service}/overview',
    'GET /admin/services/{service}/parked',
    'GET /admin/services/{service}/parked/{id}',
    'GET /admin/services/{service}/projections',
    'GET /admin/services/{service}/retention',
    'GET /admin/services/{service}/sagas',
    'GET /admin/services/{service}/sagas/{saga}/{txId}',
    'POST /admin/services/{service}/parked/{id}/{verb}',
    'POST /admin/services/{service}/retention/purge',
    'POST /admin/services/{service}/sagas/{saga}/{txId}/{verb}',
    'POST /admin/services/{service}/projections/{name}/rebuild',
  ];
  const routes = system.started.services.flatMap((service) => service.routes);
  const there = routes.map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, '{$1}')}`);
  expect(described.sort()).toEqual([...there, ...own].sort());
  expect(there.length).toBeGreaterThanOrEqual(14);
});

const order = { userId: 1, items: [{ productId: 1, quantity: 1 }] };
const user = { name: 'Ada', status: 'NORMAL' };
const product = { name: 'Soup', price: 1, stock: 1, available: true };
const answers: [string, number, Ask][] = [
  ['/orders', 201, { method: 'POST', path: '/orders', body: order }],
  ['/orders', 400, { method: 'POST', path: '/orders', body: '{' }],
  ['/orders', 413, { method: 'POST', path: '/orders', body: ' '.repeat(65_537) }],
  ['/orders', 415, { method: 'POST', path: '/orders', body: '{}', headers: { 'Content-Type': 'text/plain' } }],
  ['/orders', 422, { method: 'POST', path: '/orders', body: {} }],
  ['/orders', 200, { path: '/orders' }],
  ['/orders', 422, { path: '/orders?limit=0' }],
  ['/orders/{orderId}', 200, { path: '/orders/*' }],
  ['/orders/{orderId}', 404, { path: '/orders/x' }],
  ['/orders/{orderId}/events', 200, { path: '/orders/*/events' }],
  ['/tickets/{orderId}', 200, { path: '/tickets/*' }],
  ['/payments/{orderId}', 200, { path: '/payments/*' }],
  ['/users/{userId}', 200, { path: '/users/1' }],
  ['/users/{userId}', 404, { path: '/users/5000' }],
  ['/users/{userId}', 422, { path: '/users/1?a=1' }],
  ['/users/{userId}', 200, { method: 'PUT', path: '/users/1', body: user }],
  ['/users/{userId}', 201, { method: 'PUT', path: '/users/5001', body: user }],
  ['/users/{userId}', 422, { method: 'PUT', path: '/users/x', body: user }],
  ['/products/{productId}', 200, { path: '/products/1' }],
  ['/products/{productId}', 201, { method: 'PUT', path: '/products/50', body: product }],
  ['/products/{productId}', 200, { method: 'PUT', path: '/products/50', body: product }],
  ['/accounts/{userId}', 200, { path: '/accounts/1' }],
  ['/accounts/{userId}', 201, { method: 'PUT', path: '/accounts/5001', body: { balance: 1 } }],
  ['/accounts/{userId}', 200, { method: 'PUT', path: '/accounts/5001', body: { balance: 1 } }],
  ['/kitchen', 200, { path: '/kitchen' }],
  ['/kitchen', 200, { method: 'PUT', path: '/kitchen', body: { open: true, capacity: 1 } }],
  ['/health/live', 200, { path: '/health/live' }],
  ['/health/ready', 200, { path: '/health/ready' }],
  ['/metrics', 200, { path: '/metrics' }],
  ['/', 200, { path: '/' }],
  ['/openapi.json', 200, { path: '/openapi.json' }],
];

/** What the document says about this answer; `*` in a path is the order that was placed. */
async function answered(route: string, ask: Ask) {
  const answer = await system.ask({ ...ask, path: ask.path.replace('*', orderId) });
  const { responses } = document.paths[route][(ask.method ?? 'GET').toLowerCase()];
  const type = answer.headers['content-type']!.split(';')[0]!;
  const schema = responses[answer.status]?.content[type]?.schema;
  const body = type.endsWith('json') ? jsonOf(answer) : answer.text;
  return { answer, body, schema: schema?.$ref ? document.components.schemas.Problem : schema };
}

test.each(answers)('%s answers %i as described, %j', async (route, status, ask) => {
  const { answer, body, schema } = await answered(route, ask);
  expect(answer.status).toBe(status);
  z.fromJSONSchema(schema).parse(body);
});

test('an order without one of its fields, or with one more, would not be as described', async () => {
  const { body, schema } = await answered('/orders/{orderId}', { path: '/orders/*' });
  const described = z.fromJSONSchema(schema);
  expect(described.safeParse({ ...body, more: 1 }).success).toBe(false);
  for (const name of Object.keys(body)) expect(described.safeParse({ ...body, [name]: undefined }).success).toBe(false);
});

test('the description of what is asked for is what is checked', () => {
  const { parameters, requestBody } = document.paths['/orders'].post;
  expect(parameters).toMatchObject([{ name: 'idempotency-key', in: 'header', required: false }]);
  const asked = z.fromJSONSchema(requestBody.content['application/json'].schema);
  expect(asked.safeParse(order).success).toBe(true);
  expect(asked.safeParse({ ...order, userId: 0 }).success).toBe(false);
  const limit = document.paths['/orders'].get.parameters.find(({ name }: { name: string }) => name === 'limit');
  expect(limit).toMatchObject({ in: 'query', required: false, schema: { type: 'integer', maximum: 100, default: 20 } });
  const [userId] = document.paths['/users/{userId}'].get.parameters;
  expect(userId).toMatchObject({ name: 'userId', in: 'path', required: true, schema: { type: 'integer', minimum: 1 } });
});

test('a process that is up says so, and what it guarantees', async () => {
  expect(await system.get('/health/live')).toEqual({ status: 'up' });
  expect(await system.get('/health/ready')).toMatchObject({
    status: 'up',
    services: Object.fromEntries(services.map(({ name }) => [name, { ready: true, reasons: [] }])),
    guarantees: { profile: 'embedded' },
  });
});

test('the metrics are Prometheus text: each is described once and has a value of every service', async () => {
  const { headers, text } = await system.ask({ path: '/metrics' });
  expect(headers['content-type']).toMatch(/^text\/plain; version=0\.0\.4/);
  const lines = text.split('\n').filter((line) => line !== '');
  const sample = /^[a-zA-Z_:][\w:]*(\{(\w+="([^"\\]|\\.)*",?)*\})? (\d+(\.\d+)?(e[+-]\d+)?|NaN|[+-]Inf)$/;
  for (const line of lines)
    expect(line).toMatch(line.startsWith('#') ? /^# (HELP \w+ .+|TYPE \w+ (counter|gauge|histogram))$/ : sample);
  const described = lines.filter((line) => line.startsWith('# TYPE'));
  expect(new Set(described).size).toBe(described.length);
  for (const { name: service } of services) expect(lines).toContain(`saga_kit_ready{service="${service}"} 1`);
});
