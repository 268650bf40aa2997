// Starts the systems and what they run on, and has them take turns.
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { ownComponents } from './components.mjs';
import { System } from './system.mjs';
import { Usage, usedBetween } from './usage.mjs';

const load = createRequire(import.meta.url);
const { Teardown } = load('saga-kit/tools');
const { faultsByHand, faultsOfOrderSystem } = load('../scripts/dist/bench/checks.js');
const { inFolder, inMysql } = load('../scripts/dist/trial/books.js');

const warmUp = { inFlight: 512, seconds: 5 };
const leastEach = 3;
const restMs = 3_000;

export class Rounds {
  constructor(options, { say, onMeasured }) {
    Object.assign(this, { options, say, onMeasured, teardown: new Teardown(), measured: [], faults: [], runs: [] });
  }

  /** Starts everything, one after the other, and warms it up. */
  async open() {
    const { systems, orders: ordersMax } = this.options;
    const folder = await mkdtemp(join(tmpdir(), 'saga-kit-bench-'));
    this.teardown.add(() => rm(folder, { recursive: true, force: true }));
    const isOnKafka = systems.some((name) => name !== 'embedded');
    const shared = isOnKafka && (await this.infra(['kafka', 'registry', 'mysql']));
    // These are the order system: on one broker they would be of the same groups, and take each other's messages.
    const others = ['kit', 'apart', 'deployed'].filter((name) => systems.includes(name)).slice(1);
    const own = new Map();
    for (const name of others) own.set(name, await this.infra(['kafka']));
    const on = (name) => (name === 'embedded' ? {} : { mysql: shared, kafka: own.get(name) ?? shared });
    for (const name of systems) await this.start(name, join(folder, name), on(name));
    for (const run of this.runs) await this.round(run, { ...warmUp, ...(ordersMax && { ordersMax }) });
  }

  /** All rounds. What is measured is told as it comes; what does not add up is in `faults`. */
  async measure() {
    const { levels, rounds, seconds, orders: ordersMax } = this.options;
    const bound = ordersMax === undefined ? { seconds, leastEach } : { ordersMax };
    const beganMs = performance.now();
    const count = rounds * levels.length * this.runs.length;
    for (let round = 1; round <= rounds; round++)
      for (const inFlight of levels)
        for (const run of rotated(this.runs, round - 1)) {
          const measured = { ...(await this.round(run, { inFlight, ...bound })), round, inFlight };
          this.measured.push(measured);
          const leftMs = ((performance.now() - beganMs) / this.measured.length) * (count - this.measured.length);
          this.onMeasured(measured, leftMs);
        }
  }

  /** What the systems use while none of them is asked for anything: it is in the way of those that are. */
  async rest() {
    const before = await Promise.all(this.runs.map(({ usage, facts }) => usage.soFar(facts)));
    await setTimeout(restMs);
    const after = await Promise.all(this.runs.map(({ usage, facts }) => usage.soFar(facts)));
    return this.runs.map(({ system }, index) => ({
      system: system.name,
      perSecond: usedBetween(before[index], after[index], restMs / 1_000).each,
    }));
  }

  /** Ends everything, also what is being waited for; what is still starting ends with this process. */
  close() {
    this.isClosed = true;
    return this.teardown.run();
  }

  goOn() {
    if (this.isClosed) throw new Error('it was closed');
  }

  async infra(names) {
    const infra = await ownComponents(names, this.say);
    this.goOn();
    this.teardown.add(infra.close);
    return infra;
  }

  async start(name, folder, { mysql, kafka }) {
    const addresses = { ...mysql?.addresses, ...kafka?.addresses };
    this.say(`${name.padEnd(9)} starting`);
    await mkdir(folder);
    this.goOn();
    const system = new System(name, { ...addresses, DATA_DIR: folder });
    this.teardown.add(() => system.end());
    await system.start();
    const usage = await Usage.open({ mysql, kafka });
    this.teardown.add(() => usage.close());
    this.runs.push({ system, usage, addresses, facts: system.facts });
  }

  async round({ system, usage, addresses, facts }, load) {
    const before = await usage.soFar(facts);
    const { roundTrips, wallMs, sagas, ...latencies } = await system.round(load);
    const { each, othersPercent } = usedBetween(before, await usage.soFar(facts), sagas);
    const faults = await faultsOf(system, addresses.MYSQL_URL);
    this.faults.push(...faults.map((fault) => `${system.name}: ${fault}`));
    return {
      system: system.name,
      sagas,
      sagasSoFar: system.orderIds.length,
      perSecond: (sagas * 1_000) / wallMs,
      ...latencies,
      perSaga: { ...each, roundTrips: each.statements === null ? null : roundTrips / sagas },
      othersPercent,
      rssBytes: usage.rssBytes(facts),
      diskBytes: usage.diskBytes(facts),
    };
  }
}

const rotated = (list, by) => [...list.slice(by % list.length), ...list.slice(0, by % list.length)];

/** What does not add up after all that was placed so far: what is fast and wrong is no figure. */
function faultsOf({ name, facts, orderIds }, mysql) {
  if (facts.folder) return faultsOfOrderSystem(inFolder(facts.folder), orderIds);
  if (facts.prefix) return faultsOfOrderSystem(inMysql(mysql, facts.prefix), orderIds);
  return faultsByHand(inMysql(mysql, 'bench_'), name, orderIds.length);
}
