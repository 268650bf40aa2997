// A backlog of orders that nobody has looked at, when everything is started again.
import { createRequire } from 'node:module';
import { setTimeout } from 'node:timers/promises';
import { closedLoop } from './closed-loop.mjs';
import { experiment } from './experiment.mjs';
import { KitSystem } from './kit-system.mjs';
import { endedOf, statusesOf } from './orders-table.mjs';
import { newOrders } from './orders.mjs';

const load = createRequire(import.meta.url);
const { faultsOfOrderSystem } = load('../scripts/dist/bench/checks.js');
const { inMysql } = load('../scripts/dist/trial/books.js');

const participants = ['user', 'kitchen', 'payment'];
const lookEveryMs = 2_000;
const standsStillMsMax = 120_000;
const placedAtOnce = 500;
const overloadedMs = 200;

const help = `Drains a backlog from cold: orders are placed while user, kitchen and payment are down, everything is stopped until the
first deadline of each order is long over, and then all is started again.

  node bench/backlog.mjs [--orders 200000] [--rest-seconds 40]

Prints JSON lines: how fast orders were placed, how far it is every 2 seconds, and what became of all of them.

Ends with 0 when each order is approved and all books add up, with 1 when not, with 2 when it was called in another way, with
130 when interrupted.`;

async function run({ numbers, infra, teardown, say, keep }) {
  const { orders, 'rest-seconds': restSeconds } = numbers;
  const system = await KitSystem.open(infra.addresses, 'bench_backlog_');
  teardown.add(() => system.stop());
  const [nextOrder, placed] = [newOrders(), []];
  const query = inMysql(infra.addresses.MYSQL_URL, 'bench_backlog_');
  const place = async () => {
    for (const order = nextOrder(); ;)
      try {
        const orderId = await system.place(order);
        placed.push(orderId);
        return orderId;
      } catch (error) {
        if (!('retryAfterSeconds' in error)) throw error; // soon nobody remembers how fast orders ended a moment ago
        await setTimeout(overloadedMs);
      }
  };
  await closedLoop(place, { inFlight: 64, ordersMax: 1_000 }); // so that everybody has read something
  await drained({ query, placed, keep: () => {}, say });
  await system.stop(participants);
  say(`placing ${orders} orders that nobody handles`);
  const { wallMs } = await closedLoop(place, { inFlight: placedAtOnce, ordersMax: orders });
  await system.stop();
  const counts = await statusesOf(query);
  keep({
    placed: orders,
    seconds: Math.round(wallMs / 1_000),
    perSecond: Math.round((orders * 1_000) / wallMs),
    counts,
  });
  say(`everything is down for ${restSeconds} s`);
  await setTimeout(restSeconds * 1_000);
  const beganMs = performance.now();
  await system.start([...participants, 'order']);
  const rates = await drained({ query, placed, keep, say });
  const seconds = (performance.now() - beganMs) / 1_000;
  const ended = await statusesOf(query);
  keep({
    drained: orders,
    seconds: Math.round(seconds),
    perSecond: Math.round(orders / seconds),
    best: Math.max(...rates),
    ended,
  });
  return faultsOfOrderSystem(query, placed);
}

/** Resolves when every order has ended, with how many did in each second, from look to look. */
async function drained({ query, placed, keep, say }) {
  const rates = [];
  let [last, lastMs, movedMs] = [await endedOf(query), performance.now(), performance.now()];
  while (last < placed.length) {
    await setTimeout(lookEveryMs);
    const [ended, nowMs] = [await endedOf(query), performance.now()];
    const perSecond = Math.round(((ended - last) * 1_000) / (nowMs - lastMs));
    rates.push(perSecond);
    keep({ ended, left: placed.length - ended, perSecond });
    if (perSecond > 0) say(`${placed.length - ended} orders are left, ${perSecond} end in a second`);
    if (ended > last) movedMs = nowMs;
    if (nowMs - movedMs > standsStillMsMax) throw new Error(`no order has ended for ${standsStillMsMax} ms`);
    [last, lastMs] = [ended, nowMs];
  }
  return rates;
}

experiment({ help, defaults: { orders: 200_000, 'rest-seconds': 40 }, run });
