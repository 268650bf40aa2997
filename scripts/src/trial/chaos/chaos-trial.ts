import { setTimeout } from 'node:timers/promises';
import { services } from '../../services';
import { mysqlRows } from '../books';
import { withCancellations } from '../cancellations';
import { close, putOn, type Closed } from '../closing';
import { placeFirst, planWithEveryEnd, templateOrders } from '../garbage/first-orders';
import { randomFrom } from '../random';
import { lateOnes, outlived } from './late';
import { figuresOf, isWell, oldMs, type Figures, type HappenedFault } from './figures';
import { clock, happen } from './happen';
import type { FaultKind } from './kinds';
import { placeSteadily } from './load';
import type { PlannedFault } from './plan';
import { Poison } from './poison';
import { Stage, type StageOptions } from './stage';
import { Watch } from './watch';

export interface ChaosTrial extends StageOptions {
  /** Of the orders. */
  readonly seed: number;
  readonly plan: readonly PlannedFault[];
  /** Orders are placed for so long, and longer until all is well after the last fault. */
  readonly forMs: number;
  /** It has so long to become well; `undefined`: how fast it does is not looked at. */
  readonly recoverMsMax: number | undefined;
  readonly perSecond: number;
  /** So many of them are placed at the same moment, so that a request holds messages of many, for all brokers. */
  readonly together: number;
  readonly cancelPercent: number;
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
}

export interface ChaosReport extends Closed, Figures {
  readonly seed: number;
  readonly perSecond: number;
  /** Orders that were not placed, because too many were under way. */
  readonly passedOver: number;
  /** Orders whose deadline a fault has outlived. */
  readonly timedOut: number;
  /** Faults that this machine could not have, and why. */
  readonly leftOut: readonly string[];
}

const atOnce = 300;
/** Of what is placed: no more than so many seconds' worth is open. */
const openSMax = 10;
/** While these last somebody is not there to answer. */
const kindsOfParticipants: readonly FaultKind[] = [
  'instance killed',
  'instance frozen',
  'service killed',
  'database half open',
];
const tellEveryMs = 15_000;
/** To put faults right takes longer on a busy machine. */
const lateMsMax = 600_000;

/** Places orders at a steady rate while everything goes wrong that a seed draws, and audits the books. Rejects once `signal` aborts. */
export async function chaosTrial(trial: ChaosTrial): Promise<ChaosReport> {
  const { signal } = trial;
  const prefix = `chaos_${trial.seed}_`;
  signal.throwIfAborted();
  const stage = await Stage.set(trial, prefix);
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
  try {
    signal.throwIfAborted();
    return await Promise.race([onStage(stage, prefix, trial), aborted]);
  } finally {
    await stage.close();
  }
}

async function onStage(stage: Stage, prefix: string, trial: ChaosTrial): Promise<ChaosReport> {
  const { seed, forMs, perSecond, cancelPercent, brokers, say } = trial;
  const { system } = stage;
  const { addresses } = brokers;
  const url = addresses['MYSQL_URL']!;
  say(`${system.instances.length} processes are ready`);
  const count = templateOrders + Math.ceil(((forMs + lateMsMax) / 1_000) * perSecond);
  const orders = planWithEveryEnd(count, randomFrom(seed + 1), `chaos-${seed}`);
  const { placed: first, templates } = await placeFirst(system.url, orders, addresses);
  const planned = withCancellations(orders.slice(templateOrders), cancelPercent, randomFrom(seed + 2));
  const poison = new Poison(addresses['KAFKA_BROKERS']!, templates, randomFrom(seed + 3));
  const [beganAt, beganAtMs] = [performance.now(), Date.now()];
  const watch = new Watch(url, `${prefix}order`, beganAt);
  try {
    const { placed, faults, leftOut } = await disturbed(stage, trial, { planned, poison, watch, beganAt });
    const violations = faults.flatMap(({ kind, target, failed }) =>
      failed === undefined ? [] : [`${kind}: ${target}: ${failed}`],
    );
    if (violations.length > 0) violations.push(...(await putOn(brokers.infra)));
    let timedOut: ReadonlySet<string> = new Set();
    const closed = await close({
      ...{ system, addresses, prefix, say, mayPark: true },
      placed: { answered: [...first.answered, ...placed.answered], faults: [...first.faults, ...placed.faults] },
      mayTimeOut: async () => {
        const late = await lateOnes(url, `${prefix}order`);
        const gone = faults.filter(({ kind }) => kindsOfParticipants.includes(kind));
        return (timedOut = outlived(
          late,
          gone.map(({ atMs, overMs }) => [beganAtMs + atMs, beganAtMs + overMs]),
        ));
      },
      meanwhile: async () => void violations.push(...(await poison.faults(url, prefix))),
    });
    violations.push(...closed.faults, ...(await refused(url, prefix)));
    const figures = figuresOf(watch.samples, faults);
    if (trial.recoverMsMax !== undefined) violations.push(...notRecovered(figures));
    return {
      seed,
      perSecond,
      passedOver: placed.passedOver,
      leftOut,
      timedOut: timedOut.size,
      ...closed,
      ...figures,
      faults: violations,
    };
  } finally {
    await watch.end();
  }
}

interface Load {
  readonly planned: Parameters<typeof placeSteadily>[0]['orders'];
  readonly poison: Poison;
  readonly watch: Watch;
  readonly beganAt: number;
}

/** Resolves once all faults are over, and all orders answered. */
async function disturbed(stage: Stage, trial: ChaosTrial, { planned, poison, watch, beganAt }: Load) {
  const { plan, forMs, recoverMsMax, perSecond, together, signal, say } = trial;
  const passedMs = () => performance.now() - beganAt;
  let over: readonly HappenedFault[] | undefined;
  const isOver = () => {
    if (!over || passedMs() < forMs) return false;
    if (recoverMsMax === undefined) return true;
    return passedMs() > Math.max(...over.map(({ overMs }) => overMs)) + recoverMsMax || isWell(watch.samples, over);
  };
  const isTooMuch = () => watch.open >= perSecond * openSMax;
  const lasts = (ms: number) => setTimeout(ms, undefined, { signal });
  say(
    `${plan.length} faults of ${new Set(plan.map(({ kind }) => kind)).size} kinds are planned, within ${clock(forMs)}`,
  );
  const telling = setInterval(() => {
    const left = passedMs() < forMs ? `${clock(forMs - passedMs())} to go` : 'waiting for the last ones';
    say(`${clock(passedMs())}  ${watch.samples.findLast(({ ended }) => ended)?.ended ?? 0} orders have ended; ${left}`);
  }, tellEveryMs);
  try {
    const [placed, happened] = await Promise.all([
      placeSteadily({
        url: () => stage.system.url,
        orders: planned,
        perSecond,
        together,
        atOnce,
        isTooMuch,
        isOver,
        signal,
      }),
      happen(plan, { scene: { stage, poison, lasts }, signal, beganAt, say }).then((all) => {
        over = all.faults;
        return all;
      }),
    ]);
    return { placed, ...happened };
  } finally {
    clearInterval(telling);
  }
}

/** Messages that no broker would take: there is no reason for one. */
async function refused(url: string, prefix: string): Promise<string[]> {
  const faults: string[] = [];
  for (const { name } of services) {
    const sql = 'select count(*) as value from kit_refused_records';
    const [row] = await mysqlRows<{ value: number }>(url, `${prefix}${name}`, sql);
    if (row!.value > 0) faults.push(`${name} has ${row!.value} messages that the broker has refused`);
  }
  return faults;
}

const notRecovered = ({ timeline }: Figures): string[] =>
  timeline
    .filter(({ recoveredMs }) => recoveredMs === null)
    .map(
      ({ kind, target, atMs }) =>
        `${kind}: ${target}, at ${clock(atMs)}: orders did not end at half the undisturbed rate again, or some were open for more than ${oldMs / 1_000} s`,
    );
