// What telemetry costs: the order system in one process for each way to have it, which take turns, round by round.
import { fork } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { context, propagation, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { AlwaysOffSampler, BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';

const load = createRequire(import.meta.url);
const { misunderstood, parsed, wholeOf } = load('../scripts/dist/parsed.js');

const help = `Measures what traces and CloudEvents cost an order, in processor time.

  npm run telemetry-cost -- [--orders 1000] [--rounds 7] [--json]

Starts the order system once for each way to have it, on SQLite in a folder of its own, and has them place orders in turn,
so that whatever else the machine does meets all of them alike:

off          no SDK of OpenTelemetry is there
unsampled    an SDK is there, and samples no trace
traced       it samples all of them; each span is written as JSON, and thrown away
cloudevents  no SDK, and CLOUDEVENTS=1

The first round of each is not counted. What is told is the median of the others, with the least and the most, and as a
ratio to "off" in the same round. For "off" it is counted besides how often an order asks whether there is an SDK, and
measured what that takes.

  --orders 1000  of a round
  --rounds 7    that are counted, 3 at least
  --json        the report as JSON

Ends with 0 when it has measured, with 1 when it could not, with 2 when it was called in another way. It ends by itself.`;

const modes = ['off', 'unsampled', 'traced', 'cloudevents'];
const options = {
  orders: { type: 'string', default: '1000' },
  rounds: { type: 'string', default: '7' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
};
const togetherMax = 50;
const roundMsMax = 120_000;

async function main() {
  const { values } = parsed(help, () => parseArgs({ options }));
  if (values.help) return console.log(help);
  const [orders, rounds] = [wholeOf('orders', values.orders), wholeOf('rounds', values.rounds)];
  if (rounds < 3) return misunderstood(`--rounds is 3 at the least, and not ${rounds}`);
  if (orders * (rounds + 1) > 100_000) return misunderstood('--orders for all rounds are 100000 at the most');
  const report = await measured(orders, rounds);
  console.log(values.json ? JSON.stringify(report) : text(report));
}

async function measured(orders, rounds) {
  const folder = await mkdtemp(join(tmpdir(), 'saga-kit-'));
  const systems = modes.map((mode) => ({ mode, system: start(mode, join(folder, mode)), found: [] }));
  try {
    for (let round = 0; round <= rounds; round++)
      for (const { system, found } of systems) {
        const one = await system.ask({ orders });
        if (round > 0) found.push(one);
      }
    const [{ found: off, system }] = systems;
    const ways = systems.map(({ mode, found }) => ({
      mode,
      cpuMsPerOrder: spread(found.map(({ cpuMs }) => cpuMs / orders)),
      ordersPerSecond: spread(found.map(({ wallMs }) => (orders * 1_000) / wallMs)),
      cpuRatio: spread(found.map(({ cpuMs }, round) => cpuMs / off[round].cpuMs)),
    }));
    return { orders, rounds, node: process.version, ways, asking: await system.ask({ asking: orders }) };
  } finally {
    for (const { system } of systems) system.end();
    await rm(folder, { recursive: true, force: true });
  }
}

function spread(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
  return { median: rounded(middle), min: rounded(sorted[0]), max: rounded(sorted.at(-1)) };
}
const rounded = (value) => Number(value.toPrecision(3));

function text({ orders, rounds, node, ways, asking }) {
  const range = ({ median, min, max }) => `${median} (${min} to ${max})`.padEnd(24);
  const lines = ways.map(
    ({ mode, cpuMsPerOrder, cpuRatio, ordersPerSecond }) =>
      `${mode.padEnd(12)} ${range(cpuMsPerOrder)} ${range(cpuRatio)} ${range(ordersPerSecond)}`,
  );
  const head = `${''.padEnd(12)} ${'ms of processor/order'.padEnd(24)} ${'ratio to off'.padEnd(24)} orders/s`;
  const { timesPerOrder, nsEach, shareOfOrder } = asking;
  const asked = `off asks ${timesPerOrder} times an order whether there is an SDK, ${nsEach} ns each: ${(100 * shareOfOrder).toPrecision(2)} % of its processor time`;
  return [`${rounds} rounds of ${orders} orders, Node ${node}`, head, ...lines, asked].join('\n');
}

/** A system in a process of its own, that does one thing at a time when it is asked. */
function start(mode, folder) {
  const child = fork(fileURLToPath(import.meta.url), [], { env: { ...process.env, SYSTEM: mode, DATA_DIR: folder } });
  const ask = (message) =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`${mode} has not answered in ${roundMsMax} ms`)), roundMsMax);
      const ended = (code) => reject(new Error(`${mode} has ended with ${code}`));
      child.once('exit', ended);
      child.once('message', (answer) => {
        clearTimeout(timer);
        child.off('exit', ended);
        resolve(answer);
      });
      child.send(message);
    });
  return { ask, end: () => child.kill() };
}

async function serve(mode) {
  if (mode === 'traced' || mode === 'unsampled') register(mode === 'traced');
  const { embeddedSettings, settingsFrom, startEmbedded } = load('saga-kit/tools');
  const { services } = load('../scripts/dist/services.js');
  const env = {
    PORT: '0',
    DATA_DIR: process.env.DATA_DIR,
    LOG_LEVEL: 'error',
    CLOUDEVENTS: mode === 'cloudevents' ? '1' : '0',
  };
  const system = await startEmbedded(services, settingsFrom(embeddedSettings, env), fatal);
  process.on('message', ({ orders, asking }) => {
    if (orders) void placed(system, orders).then((found) => process.send(found), fatal);
    else void asked(system, asking).then((found) => process.send(found), fatal);
  });
  process.on('disconnect', () => process.exit());
}

function register(samples) {
  const exporter = {
    export: (spans, done) => {
      for (const { name, kind, attributes, links, startTime, endTime } of spans)
        JSON.stringify({ name, kind, attributes, links, startTime, endTime });
      done({ code: 0 });
    },
    shutdown: async () => {},
  };
  const spanProcessors = [new BatchSpanProcessor({ exporter })];
  const sampler = samples ? undefined : new AlwaysOffSampler();
  trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors, ...(sampler && { sampler }) }));
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
}

/** So many orders from the first call to the end of the last saga. */
async function placed({ services }, orders) {
  const { SqlReader } = load('saga-kit/service');
  const { PlaceOrder } = load('../order/dist/application/place-order.js');
  const { container } = services.find(({ name }) => name === 'order');
  const [place, reader] = [container.get(PlaceOrder), container.get(SqlReader)];
  const [beganMs, began] = [performance.now(), process.cpuUsage()];
  for (let done = 0; done < orders; done += togetherMax)
    await Promise.all(
      Array.from({ length: Math.min(togetherMax, orders - done) }, (_, index) =>
        place.execute({ userId: 1 + (((done + index) * 7) % 9), items: [{ productId: 1, quantity: 1 }] }),
      ),
    );
  const open = () => reader.query((knex) => knex('kit_sagas').whereIn('status', ['running', 'compensating']).limit(1));
  while ((await open()).length > 0) await new Promise((resolve) => setTimeout(resolve, 10));
  const { user, system } = process.cpuUsage(began);
  return { cpuMs: (user + system) / 1_000, wallMs: performance.now() - beganMs };
}

/** How often an order asks whether there is an SDK, and what that takes while there is none. */
async function asked(system, orders) {
  const calls = 1_000_000;
  const isTracing = () => propagation.fields().includes('traceparent');
  for (let call = 0; call < calls; call++) isTracing();
  const beganMs = performance.now();
  for (let call = 0; call < calls; call++) isTracing();
  const nsEach = ((performance.now() - beganMs) * 1e6) / calls;
  let times = 0;
  const counting = { inject: () => {}, extract: (of) => of, fields: () => (times++, []) };
  propagation.setGlobalPropagator(counting);
  const { cpuMs } = await placed(system, orders);
  const shareOfOrder = (times * nsEach) / (cpuMs * 1e6);
  return { timesPerOrder: rounded(times / orders), nsEach: rounded(nsEach), shareOfOrder: rounded(shareOfOrder) };
}

function fatal(error) {
  console.error(error);
  process.exit(1);
}

if (process.env.SYSTEM && process.send) serve(process.env.SYSTEM).catch(fatal);
else main().catch(fatal);
