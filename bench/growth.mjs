// Whether a system that has ended very many sagas is as fast as an empty one, and needs no more memory.
import { mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { experiment } from './experiment.mjs';
import { System } from './system.mjs';
import { Usage } from './usage.mjs';

const load = createRequire(import.meta.url);
const { faultsOfOrderSystem } = load('../scripts/dist/bench/checks.js');
const { inMysql } = load('../scripts/dist/trial/books.js');

const inFlight = 512;
const ofStepMax = 50_000;
const megabyte = 2 ** 20;

const help = `Has one order placed after the other, 512 at a time, and watches speed, memory and disk while they gather.

  node bench/growth.mjs [--orders 1000000]

Prints JSON lines: each 50,000 orders how fast they were, what the process holds in memory and the databases on disk, and at
last the speed of the last tenth beside that of the first, and how memory grows with each 100,000 orders (least squares, without
the first tenth, in which it warms up).

Ends with 0 when all books add up, with 1 when not, with 2 when it was called in another way, with 130 when interrupted. A
million takes about a quarter of an hour.`;

async function run({ numbers, infra, folder, teardown, say, keep }) {
  const { orders } = numbers;
  const own = join(folder, 'kit');
  await mkdir(own);
  const system = new System('kit', { ...infra.addresses, DATA_DIR: own });
  teardown.add(() => system.end());
  await system.start();
  const usage = await Usage.open({ mysql: infra, kafka: infra });
  teardown.add(() => usage.close());
  await system.round({ inFlight, seconds: 5 });
  const step = Math.min(ofStepMax, Math.ceil(orders / 10));
  const [steps, beganMs] = [[], performance.now()];
  for (let placed = 0; placed < orders; placed += step) {
    const { sagas, wallMs, p50Ms, p99Ms } = await system.round({ inFlight, ordersMax: step });
    const rssMegabytes = usage.rssBytes(system.facts) / megabyte;
    const diskBytes = usage.diskBytes(system.facts);
    steps.push({ orders: placed + sagas, perSecond: (sagas * 1_000) / wallMs, rssMegabytes, diskBytes });
    keep(rounded({ ...steps.at(-1), p50Ms, p99Ms, diskBytesPerOrder: diskBytes / system.orderIds.length }));
    const leftSeconds = ((performance.now() - beganMs) / 1_000 / (placed + step)) * (orders - placed - step);
    say(
      `${placed + sagas} orders, ${Math.round(steps.at(-1).perSecond)} a second; ${Math.max(0, Math.ceil(leftSeconds))} s to go`,
    );
  }
  const tenth = Math.ceil(steps.length / 10);
  const [first, last] = [meanOf(steps.slice(0, tenth)), meanOf(steps.slice(-tenth))];
  const slope = slopeOf(steps.slice(tenth)) * 100_000;
  keep({ lastToFirst: Number((last / first).toFixed(3)), rssMegabytesPer100000Orders: Number(slope.toFixed(2)) });
  return faultsOfOrderSystem(inMysql(infra.addresses.MYSQL_URL, system.facts.prefix), system.orderIds);
}

const meanOf = (steps) => steps.reduce((sum, { perSecond }) => sum + perSecond, 0) / steps.length;

/** Of the line that lies closest, in megabytes for each order. */
function slopeOf(steps) {
  const mean = (of) => steps.reduce((sum, each) => sum + of(each), 0) / steps.length;
  const [x, y] = [mean(({ orders }) => orders), mean(({ rssMegabytes }) => rssMegabytes)];
  const above = steps.reduce((sum, each) => sum + (each.orders - x) * (each.rssMegabytes - y), 0);
  const below = steps.reduce((sum, each) => sum + (each.orders - x) ** 2, 0);
  return below === 0 ? 0 : above / below;
}

const rounded = (figures) =>
  Object.fromEntries(Object.entries(figures).map(([name, value]) => [name, Number(value.toFixed(1))]));

experiment({ help, defaults: { orders: 1_000_000 }, run });
