// The throughput of sagas from their beginning to their end: systems that take turns, round by round and level by level.
import { mkdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Rounds } from './rounds.mjs';

const load = createRequire(import.meta.url);
const { benchOptions } = load('../scripts/dist/bench/options.js');
const { figuresOf, growthOf } = load('../scripts/dist/bench/measured.js');
const { told, numberText } = load('../scripts/dist/bench/told.js');
const { plot } = load('../scripts/dist/bench/plot.js');

const help = `Measures how many sagas a second go from their beginning to their end, side by side.

  npm run bench -- [--systems kit,apart,twin,limit,deployed,embedded] [--levels 1,64,512,2000] [--rounds 3] [--seconds 6]
                   [--orders N] [--json] [--out FOLDER]

kit       the order system, its four services in one process, on Kafka and MySQL; orders are placed by a call
apart     the same, a process for each service
twin      the same eight hops as they are mostly written, with kafkajs and mysql2, and nothing durable
limit     the same eight hops, durable by the least that can do it; a little less than the kit does
deployed  a process for each service behind a gateway; orders are placed over HTTP
embedded  the order system in one process, on SQLite and the embedded broker

It starts a broker, a registry and a database of its own, and the systems, which take turns at each level of each round. A
level is how many orders are under way: so many workers each place one, and wait until it has ended, then the next. They do
so for some seconds, and three times at the least. After each turn of a system its books have to add up.

  --seconds 6   for how long orders are placed at a level
  --orders N    so many at each level instead
  --json        JSON lines: what the systems use at rest, each measurement as it is made, the medians, and what orders
                leave behind
  --out FOLDER  writes these lines and a plot there as well: bench.jsonl and bench.svg

Ends with 0 when it has measured and all books add up, with 1 when not, with 2 when it was called in another way, with 130
when interrupted. It ends by itself; as it is, after about a quarter of an hour.`;

const shownMax = 20;
const say = (line) => console.error(line);

async function main() {
  const options = benchOptions(help, process.argv.slice(2));
  if (!options) return console.log(help);
  const lines = [];
  const keep = (line) => {
    lines.push(JSON.stringify(line));
    if (options.json) console.log(lines.at(-1));
  };
  const onMeasured = (measured, leftMs) => {
    keep({ measured });
    say(progress(measured, leftMs));
  };
  const rounds = new Rounds(options, { say, onMeasured });
  const interrupted = closeOnSignals(rounds);
  let rest;
  try {
    await rounds.open();
    rest = await rounds.rest();
    keep({ rest });
    await rounds.measure();
  } catch (error) {
    if (interrupted.aborted) process.exitCode = 130;
    else throw error;
  } finally {
    await rounds.close();
  }
  if (interrupted.aborted) return;
  const [figures, growth] = [figuresOf(rounds.measured), growthOf(rounds.measured)];
  for (const each of figures) keep({ figures: each });
  for (const each of growth) keep({ growth: each });
  if (options.out !== undefined) await write(options.out, lines, plot(figures));
  if (!options.json) console.log(told(figures, growth, rest));
  if (rounds.faults.length === 0) return;
  console.error(`${rounds.faults.length} faults:\n${rounds.faults.slice(0, shownMax).join('\n')}`);
  process.exitCode = 1;
}

/** Whoever interrupts has the systems end, which ends what is waited for. */
function closeOnSignals(rounds) {
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'])
    process.on(signal, () => {
      if (interrupted.signal.aborted) return;
      interrupted.abort();
      say('ending what was started');
      rounds.close().catch((error) => say(error.message)); // it is told, and the exit code is that of an interruption
    });
  return interrupted.signal;
}

function progress({ round, inFlight, system, perSecond, p50Ms, p99Ms }, leftMs) {
  const figures = `${numberText(perSecond)} sagas/s, p50 ${numberText(p50Ms)} ms, p99 ${numberText(p99Ms)} ms`;
  return `round ${round}, ${inFlight} in flight: ${system.padEnd(8)} ${figures}; ${Math.ceil(leftMs / 1_000)} s to go`;
}

async function write(folder, lines, svg) {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'bench.jsonl'), `${lines.join('\n')}\n`);
  await writeFile(join(folder, 'bench.svg'), svg);
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
