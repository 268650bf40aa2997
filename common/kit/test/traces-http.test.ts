import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { context, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { UnitOfWork } from 'saga-kit';
import { problem, route, Routes } from 'saga-kit/http';
import { ContainerModule, service, UnitsOfWork } from 'saga-kit/service';
import { embeddedSettings, settingsFrom, startEmbedded } from 'saga-kit/tools';
import { z } from 'zod';
import { application } from '../src/http/application';
import { aTracer, spanOf } from './a-tracer';

const tracer = aTracer();
abstract class NoteWork extends UnitOfWork<{}> {}

const noteRoutes = (unitsOfWork: UnitsOfWork) => [
  route(
    { method: 'POST', path: '/notes/:noteId', summary: 'Takes a note', params, query, answers: { 200: z.string() } },
    async () => ({ status: 200, body: await unitsOfWork.of(NoteWork, {}).run(async () => 'noted') }),
  ),
  route({ method: 'GET', path: '/broken', summary: 'Breaks', answers: { 200: z.string() } }, async () =>
    Promise.reject(new Error('a secret')),
  ),
  route({ method: 'GET', path: '/gone', summary: 'Is not there', answers: { 200: z.string() } }, async () =>
    problem(404, 'there is no such note'),
  ),
];
const params = z.object({ noteId: z.string() });
const query = z.object({ token: z.string().optional() });
const notes = service({
  name: 'notes',
  migrations: [],
  bindings: new ContainerModule(({ bind }) => {
    bind(Routes).toResolvedValue((unitsOfWork) => ({ routes: noteRoutes(unitsOfWork) }), [UnitsOfWork]);
  }),
});

let folder: string;
let system: Awaited<ReturnType<typeof startEmbedded>>;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'saga-kit-'));
  const settings = { ...settingsFrom(embeddedSettings, { PORT: '0', LOG_LEVEL: 'silent' }), DATA_DIR: folder };
  system = await startEmbedded([notes], settings, (error) => {
    throw error;
  });
});
afterEach(async () => {
  await system.stop();
  await rm(folder, { recursive: true });
});

const traceId = '0af7651916cd43dd8448eb211c80319c';
const parentId = 'b7ad6b7169203331';
const debug = () => {};
const ask = (path: string, init: RequestInit = {}) => fetch(system.url + path, init).then((answer) => answer.text());

test('a request is in the trace of its caller, and so is what its route does', async () => {
  tracer.on();
  const headers = { traceparent: `00-${traceId}-${parentId}-01`, Authorization: 'Bearer a-secret' };
  await ask('/notes/a-secret?token=a-secret', { method: 'POST', headers });
  const [served] = tracer.spans('POST');
  expect(served).toMatchObject({
    name: 'POST /notes/:noteId',
    attributes: { 'http.request.method': 'POST', 'http.route': '/notes/:noteId', 'http.response.status_code': 200 },
    parentSpanContext: { traceId, spanId: parentId },
  });
  const [work] = tracer.spans('unit of work');
  expect(work!.parentSpanContext).toMatchObject({ traceId, spanId: spanOf(served!) });
  const told = tracer.spans().map(({ name, attributes, events }) => JSON.stringify([name, attributes, events]));
  expect(told.filter((each) => each.includes('secret'))).toEqual([]);
});

test('a request whose traceparent is malformed begins a trace', async () => {
  tracer.on();
  await ask('/notes/1', { method: 'POST', headers: { traceparent: `00-${traceId}-zz-01` } });
  expect(tracer.spans('POST')).toMatchObject([{ parentSpanContext: undefined }]);
});

test('a fault of ours is an error of its span, without its text; what a caller has got wrong is none', async () => {
  tracer.on();
  await ask('/broken');
  await ask('/gone');
  expect(tracer.spans('GET')).toMatchObject([
    { name: 'GET /broken', attributes: { 'http.response.status_code': 500, 'error.type': '500' }, events: [] },
    { name: 'GET /gone', attributes: { 'http.response.status_code': 404 } },
  ]);
  expect(tracer.spans('GET /gone')[0]!.attributes).not.toHaveProperty(['error.type']);
});

test('probes and what Prometheus reads are no traces', async () => {
  tracer.on();
  for (const path of ['/health/live', '/health/ready', '/metrics', '/openapi.json', '/nothing']) await ask(path);
  expect(tracer.spans()).toEqual([]);
});

test('where something else has begun a span for the request, that one counts', async () => {
  tracer.on();
  const app = application(system.services[0]!.routes, { debug, info: debug, warn: debug, error: debug });
  const own = trace.getTracer('an-instrumentation').startSpan('a request');
  const server = createServer((request, response) =>
    context.with(trace.setSpan(ROOT_CONTEXT, own), () => app.answer(request, response)),
  );
  await new Promise<void>((listening) => server.listen(0, listening));
  const { port } = server.address() as AddressInfo;
  await fetch(`http://127.0.0.1:${port}/notes/1`, { method: 'POST' });
  await new Promise((closed) => server.close(closed));
  expect(tracer.spans('POST')).toEqual([]);
  expect(tracer.spans('unit of work')).toMatchObject([{ parentSpanContext: { spanId: own.spanContext().spanId } }]);
});
