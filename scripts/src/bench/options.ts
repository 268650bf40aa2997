import { parseArgs } from 'node:util';
import { parsed, misunderstood, wholeOf } from '../parsed';

/** What is measured, in the order in which it takes turns; kit, apart, deployed and embedded are the order system. */
export const systemNames = ['kit', 'apart', 'twin', 'limit', 'deployed', 'embedded'] as const;
export type SystemName = (typeof systemNames)[number];

export interface BenchOptions {
  readonly systems: readonly SystemName[];
  /** How many orders are under way at the same time. */
  readonly levels: readonly number[];
  readonly rounds: number;
  /** For how long orders are placed, unless it is said how many. */
  readonly seconds: number;
  readonly orders: number | undefined;
  readonly json: boolean;
  readonly out: string | undefined;
}

const levelMax = 10_000;
const measurementsMax = 500;
const ordersMax = 1_000_000;
const secondsMax = 600;

const options = {
  systems: { type: 'string', default: systemNames.join(',') },
  levels: { type: 'string', default: '1,64,512,2000' },
  rounds: { type: 'string', default: '3' },
  seconds: { type: 'string', default: '6' },
  orders: { type: 'string' },
  json: { type: 'boolean', default: false },
  out: { type: 'string' },
  help: { type: 'boolean', default: false },
} as const;

/** What was typed; `undefined` where only help is wanted. Ends this process with 2 when it cannot be meant. */
export function benchOptions(help: string, args: readonly string[]): BenchOptions | undefined {
  const { values } = parsed(help, () => parseArgs({ options, args: [...args] }));
  if (values.help) return undefined;
  const systems = listOf('systems', values.systems).map(systemOf);
  const levels = listOf('levels', values.levels).map((level) => atMost('levels', wholeOf('levels', level), levelMax));
  const rounds = wholeOf('rounds', values.rounds);
  if (systems.length * levels.length * rounds > measurementsMax)
    return misunderstood(
      `--systems, --levels and --rounds make ${systems.length * levels.length * rounds} measurements, of ${measurementsMax} at the most`,
    );
  const { orders, json, out } = values;
  return {
    systems,
    levels,
    rounds,
    seconds: atMost('seconds', wholeOf('seconds', values.seconds), secondsMax),
    orders: orders === undefined ? undefined : atMost('orders', wholeOf('orders', orders), ordersMax),
    json,
    out,
  };
}

function listOf(name: string, value: string): string[] {
  const list = value.split(',');
  const twice = list.find((each, index) => list.indexOf(each) !== index);
  return twice === undefined ? list : misunderstood(`--${name} has "${twice}" twice`);
}

const systemOf = (given: string): SystemName =>
  systemNames.find((name) => name === given) ??
  misunderstood(`--systems are of ${systemNames.join(', ')}, and not "${given}"`);

const atMost = (name: string, value: number, max: number): number =>
  value <= max ? value : misunderstood(`--${name} is ${max} at the most, and not ${value}`);
