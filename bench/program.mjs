// What every system of the bench has in common as a process: it opens, and then has orders placed, either once, when
// somebody calls it, or as often as the bench asks for that.
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { closedLoop } from './closed-loop.mjs';
import { ownComponents } from './components.mjs';
import { openLoop } from './open-loop.mjs';
import { countRoundTrips } from './observer.mjs';

const load = createRequire(import.meta.url);
const { latenciesOf } = load('../scripts/dist/bench/figures.js');
const { parsed, wholeOf } = load('../scripts/dist/parsed.js');

const options = {
  'in-flight': { type: 'string', default: '64' },
  orders: { type: 'string', default: '2000' },
  'warm-up': { type: 'string', default: '1000' },
  help: { type: 'boolean', default: false },
};
const variables = { kafka: 'KAFKA_BROKERS', registry: 'SCHEMA_REGISTRY_URL', mysql: 'MYSQL_URL' };

/**
 * A system of the bench: its `name`, `what` it is, which `components` it `needs`, and how it is opened, given their
 * addresses and a folder, and, by the bench, a count of how often this process has asked MySQL. What is opened has `place`, which resolves with the id of an order once it has ended, and
 * `close`; `facts` for the bench: its `topics`, its `databases`, and the `pid` of its processes, if it is not this one;
 * `roundTrips`, if it is not this process that asks MySQL; `wake` and `rest`, if it costs
 * something to have it stand by; and `ask`, if orders can be placed without waiting for their end: see `openLoop`.
 */
export function program(system) {
  const work = process.send ? asked(system) : alone(system);
  work.catch(fatal);
}

/** Says why, and ends the process. */
export function fatal(error) {
  console.error(error);
  process.exit(1);
}

/** Measures once, on what the environment names or on components of its own, and prints one JSON line. */
async function alone({ name, what, needs, open }) {
  const help = `Measures ${what}, alone.

  node bench/${name}.mjs [--in-flight 64] [--orders 2000] [--warm-up 1000]

Prints one JSON line. ${
    needs.length > 0
      ? `It runs on ${needs.map((each) => variables[each]).join(', ')}; where one is not set, on components of its own, which end with it.`
      : 'It runs in a folder of its own, which is removed.'
  }

Ends with 0 when it has measured, with 1 when it could not, with 2 when it was called in another way. It ends by itself.`;
  const { values } = parsed(help, () => parseArgs({ options }));
  if (values.help) return console.log(help);
  const [inFlight, orders] = [wholeOf('in-flight', values['in-flight']), wholeOf('orders', values.orders)];
  const warmUp = wholeOf('warm-up', values['warm-up'], 0);
  const folder = mkdtempSync(join(tmpdir(), 'saga-kit-bench-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(130)); // what it has started ends with it
  const infra = await componentsFor(needs);
  try {
    const opened = await open({ addresses: infra.addresses, folder });
    await opened.wake?.();
    console.error(`${name} is ready; ${warmUp} orders to warm up, then ${orders}`);
    await closedLoop(opened.place, { inFlight, ordersMax: warmUp });
    console.log(JSON.stringify({ system: name, inFlight, ...(await measuredOnce(opened.place, inFlight, orders)) }));
    await opened.rest?.();
    await opened.close();
  } finally {
    await infra.close();
  }
  process.exit(0);
}

async function measuredOnce(place, inFlight, ordersMax) {
  const began = process.cpuUsage();
  const { orderIds, latenciesMs, wallMs } = await closedLoop(place, { inFlight, ordersMax });
  const { user, system } = process.cpuUsage(began);
  const sagas = orderIds.length;
  const cpuUsPerSaga = (user + system) / sagas;
  const figures = { sagas, perSecond: (sagas * 1_000) / wallMs, ...latenciesOf(latenciesMs), cpuUsPerSaga };
  return Object.fromEntries(Object.entries(figures).map(([key, value]) => [key, Number(value.toFixed(1))]));
}

async function componentsFor(needs) {
  if (needs.every((each) => process.env[variables[each]])) return { addresses: process.env, close: async () => {} };
  return ownComponents(needs, (line) => console.error(line));
}

/**
 * Opens on what the environment names, says so to its parent, and does one thing at a time when it is asked. It closes when
 * its parent lets go of it, or is gone.
 */
async function asked({ open }) {
  process.on('SIGINT', () => {}); // a terminal sends it to the whole group, and it is the parent's to say what ends
  const ownRoundTrips = countRoundTrips();
  const opened = await open({ addresses: process.env, folder: process.env.DATA_DIR, roundTrips: ownRoundTrips });
  const { close, facts } = opened;
  process.on('disconnect', () => close().then(() => process.exit(), fatal));
  if (!process.connected) return close();
  process.on('message', (load) => {
    round({ roundTrips: ownRoundTrips, ...opened }, load).then(
      (answer) => process.send(answer),
      (error) => process.send({ failed: error.stack }),
    );
  });
  process.send({ ready: facts });
}

async function round({ place, ask, wake, rest, roundTrips }, load) {
  await wake?.();
  const before = await roundTrips();
  const { latenciesMs, ...done } = await (load.perSecond ? openLoop(ask, load) : closedLoop(place, load));
  const asked = (await roundTrips()) - before;
  await rest?.();
  return { ...done, ...latenciesOf(latenciesMs), roundTrips: asked };
}
