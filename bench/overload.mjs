// More orders than the system can end, for minutes, over HTTP.
import { mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { experiment } from './experiment.mjs';
import { endedOf, statusesOf } from './orders-table.mjs';
import { System } from './system.mjs';

const load = createRequire(import.meta.url);
const { faultsOfOrderSystem } = load('../scripts/dist/bench/checks.js');
const { inMysql } = load('../scripts/dist/trial/books.js');

const prefix = 'bench_deployed_';
const turnSeconds = 10;
const quietMsMax = 120_000;
const calmShare = 0.5;

const help = `Asks the deployed order system for more than it can do: it is measured how many orders a second it ends, and then twice as many
are placed over HTTP, whatever it answers; afterwards half as many.

  node bench/overload.mjs [--seconds 300] [--percent 200]

Prints JSON lines: each 10 seconds what was answered and how many orders have ended, and what became of all that were taken.

Ends with 0 when every order that was taken is approved, every answer was 201, or 503 with a Retry-After, nothing was
refused in the second turn after the overload, and all books add up; with 1 when not, with 2 when it was called in another way,
with 130 when interrupted.`;

async function run({ numbers, infra, folder, teardown, say, keep }) {
  const { seconds, percent } = numbers;
  const own = join(folder, 'deployed');
  await mkdir(own);
  const system = new System('deployed', { ...infra.addresses, DATA_DIR: own });
  teardown.add(() => system.end());
  await system.start();
  await system.round({ inFlight: 512, seconds: turnSeconds });
  const { sagas, wallMs } = await system.round({ inFlight: 512, seconds: turnSeconds });
  const capacity = (sagas * 1_000) / wallMs;
  say(`it ends ${Math.round(capacity)} orders a second`);
  const query = inMysql(infra.addresses.MYSQL_URL, prefix);
  const [totals, faults] = [{}, []];
  const turn = async (perSecond, phase) => {
    const before = await endedOf(query);
    const answered = await system.round({ perSecond, seconds: turnSeconds });
    const { answers, unplaced, withoutRetryAfter, p50Ms, p99Ms, wallMs } = answered;
    const endedPerSecond = Math.round((((await endedOf(query)) - before) * 1_000) / wallMs);
    for (const [status, count] of Object.entries(answers)) totals[status] = (totals[status] ?? 0) + count;
    if (withoutRetryAfter > 0) faults.push(`${withoutRetryAfter} refusals had no Retry-After`);
    keep({ phase, placedPerSecond: Math.round(perSecond), answers, unplaced, p50Ms, p99Ms, endedPerSecond });
    say(`${phase}: ${JSON.stringify(answers)}, ${endedPerSecond} end in a second`);
    return answers;
  };
  for (let passed = 0; passed < seconds; passed += turnSeconds) await turn((capacity * percent) / 100, 'overload');
  const after = [];
  for (let turns = 0; turns < 3; turns++) after.push(await turn(capacity * calmShare, 'afterwards'));
  if (after[1][503] > 0) faults.push(`${after[1][503]} orders were refused ${turnSeconds} s after the overload`);
  const other = Object.keys(totals).filter((status) => !['201', '503'].includes(status));
  if (other.length > 0) faults.push(`there were answers with ${other}`);
  await quiet(query, say);
  const ends = await statusesOf(query);
  keep({ capacity: Math.round(capacity), answers: totals, ends });
  return [...faults, ...(await faultsOfOrderSystem(query, system.orderIds))];
}

async function quiet(query, say) {
  for (const until = performance.now() + quietMsMax; performance.now() < until; await setTimeout(1_000)) {
    const { PENDING: underWay = 0 } = await statusesOf(query);
    if (underWay === 0) return;
    say(`${underWay} orders are under way`);
  }
}

experiment({ help, defaults: { seconds: 300, percent: 200 }, run });
