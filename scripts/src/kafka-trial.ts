import { parseArgs } from 'node:util';
import { giveUp } from 'saga-kit/tools';
import { misunderstood, parsed, wholeOf } from './parsed';
import { startInfra } from '@saga-kit/cli/internal/infra/start-infra';
import { brokerFaults } from './trial/broker-faults';
import { clusterTrial } from './trial/cluster-trial';
import { garbageTrial } from './trial/garbage-trial';
import { kafkaTrial } from './trial/kafka-trial';
import { restartTrial } from './trial/restart-trial';
import { takeOverTrial } from './trial/take-over-trial';
import { threeBrokers } from './trial/three-brokers';

const help = `Tries the system on a broker, a registry and a database of its own, and audits the books.

  npm run kafka-trial -- outages  [--orders 3000] [--instances 2] [--per-second 50] [--registry-away-ms 30000] [--brokers 1]
  npm run kafka-trial -- restart  [--orders 200] [--brokers 1]
  npm run kafka-trial -- takeover [--orders 500] [--brokers 1]
  npm run kafka-trial -- garbage  [--records 10000] [--orders 600] [--instances 1] [--per-second 4] [--brokers 1]
  npm run kafka-trial -- cluster  [--what mixed] [--orders 4000] [--instances 2] [--per-second 25] [--away-ms 25000]

outages  Places orders; meanwhile each instance is killed with -9 and started again, once, the broker and the database
         are restarted, and the registry is away for a while.
restart  Kills all four processes with -9 in the middle of their work, and starts them again.
takeover Kills one of two instances of each service with -9 in the middle of its work, for good.
garbage  Puts so many records on each topic, of every kind that nobody should send, while orders are placed; says what
         that costs.
cluster  Places orders on three brokers; meanwhile, as --what says
         leader     the one that leads most is killed with -9, and started again
         two-down   two of them are, at the same time: nothing can be sent
         rolling    each is asked to end and started again, once the others are in sync
         frozen     the one that leads most stands still, and goes on
         half-open  connections to it let nothing through any more, and are dropped later
         mixed      all of these, one after the other; 1400 orders and 50 a second are the default of each alone

  --cancel 0 so many percent of the orders are cancelled by their customers, at any moment, some by two at once; not for
             garbage, and not for restart, where all has to be under way at once
  --seed 1   the same orders, and the same outages at the same times
  --json     the report as JSON

In the end the books have to add up, and every message that was committed has to be on its topic. How long it took to recover
is reported, and no fault. Each ends by itself, within some minutes.

Ends with 0 when everything adds up, with 1 when something does not, with 2 when it was called in another way.`;

const trials = ['outages', 'restart', 'takeover', 'garbage', 'cluster'] as const;
type Trial = (typeof trials)[number];
const whats = [...brokerFaults, 'mixed'] as const;

async function main(): Promise<void> {
  const { values, positionals } = parsed(help, () => parseArgs({ allowPositionals: true, options }));
  if (values.help) return console.log(help);
  const [given, ...more] = positionals;
  const trial = trials.find((each) => each === given);
  if (!trial || more.length > 0) return misunderstood(help);
  const what = whats.find((each) => each === (values.what ?? 'mixed'));
  if (!what) return misunderstood(`--what is one of ${whats.join(', ')}, and not "${values.what}"`);
  for (const [option, only] of Object.entries(onlyOf))
    if (values[option as keyof typeof onlyOf] !== undefined && !only.includes(trial))
      return misunderstood(`--${option} is for ${only.join(', ')}, and not for ${trial}`);
  const report = await run(trial, what, values);
  console.log(values.json ? JSON.stringify(report) : text(report));
  process.exitCode = report.faults.length === 0 ? 0 : 1;
}

const options = {
  orders: { type: 'string' },
  instances: { type: 'string' },
  'per-second': { type: 'string' },
  'registry-away-ms': { type: 'string' },
  'away-ms': { type: 'string' },
  records: { type: 'string' },
  what: { type: 'string' },
  brokers: { type: 'string' },
  cancel: { type: 'string' },
  seed: { type: 'string', default: '1' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

const onlyOf: Readonly<
  Record<
    'instances' | 'per-second' | 'registry-away-ms' | 'away-ms' | 'records' | 'what' | 'brokers' | 'cancel',
    readonly Trial[]
  >
> = {
  instances: ['outages', 'garbage', 'cluster'],
  'per-second': ['outages', 'garbage', 'cluster'],
  'registry-away-ms': ['outages'],
  'away-ms': ['cluster'],
  records: ['garbage'],
  what: ['cluster'],
  brokers: ['outages', 'restart', 'takeover', 'garbage'],
  cancel: ['outages', 'takeover', 'cluster'],
};

type Typed = Readonly<Partial<Record<keyof typeof options, string | boolean>>>;

async function run(trial: Trial, what: (typeof whats)[number], typed: Typed) {
  const whole = (name: keyof typeof options, initially: number, least?: 0) =>
    wholeOf(name, typed[name] ?? `${initially}`, least);
  const say = (line: string) => console.error(line);
  const mixed = trial === 'cluster' && what === 'mixed';
  const ordersOf = { outages: 3_000, restart: 200, takeover: 500, garbage: 600, cluster: mixed ? 4_000 : 1_400 };
  const cancelPercent = whole('cancel', 0, 0);
  const common = { orders: whole('orders', ordersOf[trial]), cancelPercent, seed: whole('seed', 1, 0), say };
  const perSecond = { outages: 50, restart: 50, takeover: 50, garbage: 4, cluster: mixed ? 25 : 50 }[trial];
  const load = {
    instances: whole('instances', trial === 'garbage' ? 1 : 2),
    perSecond: whole('per-second', perSecond),
  };
  if (trial === 'cluster') {
    const awayMs = whole('away-ms', 25_000);
    const brokers = await threeBrokers(mixed || what === 'half-open', say);
    const faults = what === 'mixed' ? brokerFaults : [what];
    const together = load.perSecond;
    return clusterTrial({ ...common, ...load, together, what: faults, awayMs, brokers }).finally(brokers.close);
  }
  const registryAwayMs = whole('registry-away-ms', 30_000);
  const count = whole('brokers', 1);
  if (count > 9) return misunderstood(`--brokers is 9 at the most, and not ${count}`);
  const infra = await startInfra({ say, brokers: count });
  const { addresses, missing } = infra;
  const alone = {
    outages: () => kafkaTrial({ ...common, ...load, registryAwayMs, infra }),
    restart: () => restartTrial({ ...common, addresses }),
    takeover: () => takeOverTrial({ ...common, addresses }),
    garbage: () => garbageTrial({ ...common, ...load, records: whole('records', 10_000), addresses }),
  };
  try {
    if (missing.length > 0) throw new Error(missing.map(({ name, lacking }) => `${name}: ${lacking}`).join('\n'));
    return await alone[trial]();
  } finally {
    await infra.close();
  }
}

function text({ faults, ...report }: { readonly faults: readonly string[] }): string {
  const verdict =
    faults.length === 0 ? 'everything adds up' : `${faults.length} faults:\n${faults.slice(0, 20).join('\n')}`;
  return `${JSON.stringify(report, null, 2)}\n${verdict}`;
}

main().catch(giveUp);
