import { parseArgs } from 'node:util';
import { giveUp } from 'saga-kit/app';
import { parsed } from './command/terminal';
import { startInfra } from './infra/start-infra';
import { kafkaTrial } from './trial/kafka-trial';
import { restartTrial } from './trial/restart-trial';
import { takeOverTrial } from './trial/take-over-trial';

const help = `Tries the system on a broker, a registry and a database of its own, and audits the books.

  npm run kafka-trial -- outages [--orders 3000] [--instances 2] [--per-second 50] [--registry-away-ms 30000]
  npm run kafka-trial -- restart [--orders 200]
  npm run kafka-trial -- takeover [--orders 500]

outages  Places orders; meanwhile each instance is killed with -9 and started again, once, the broker and the database
         are restarted, and the registry is away for a while.
restart  Kills all four processes with -9 in the middle of their work, and starts them again.
takeover Kills one of two instances of each service with -9 in the middle of its work, for good.

  --seed 1   the same orders, and the same outages at the same times
  --json     the report as JSON

Ends with 0 when everything adds up, with 1 when something does not, with 2 when it was called in another way.`;

const ordersOf = { outages: '3000', restart: '200', takeover: '500' };
const isTrial = (name: string | undefined): name is keyof typeof ordersOf => Object.keys(ordersOf).includes(name ?? '');

async function main(): Promise<void> {
  const { values, positionals } = parsed(help, () =>
    parseArgs({
      allowPositionals: true,
      options: {
        orders: { type: 'string' },
        instances: { type: 'string', default: '2' },
        'per-second': { type: 'string', default: '50' },
        'registry-away-ms': { type: 'string', default: '30000' },
        seed: { type: 'string', default: '1' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }),
  );
  const [which, ...more] = positionals;
  if (values.help) return console.log(help);
  if (!isTrial(which) || more.length > 0) {
    console.error(help);
    process.exit(2);
  }
  const say = (line: string) => console.error(line);
  const seed = whole('seed', values.seed);
  const orders = whole('orders', values.orders ?? ordersOf[which]);
  const instances = whole('instances', values.instances);
  const perSecond = whole('per-second', values['per-second']);
  const registryAwayMs = whole('registry-away-ms', values['registry-away-ms']);
  const infra = await startInfra({ say });
  const { addresses, missing } = infra;
  try {
    if (missing.length > 0) throw new Error(missing.map(({ name, lacking }) => `${name}: ${lacking}`).join('\n'));
    const common = { orders, seed, addresses, say };
    const trials = {
      outages: () => kafkaTrial({ ...common, instances, perSecond, registryAwayMs, infra }),
      restart: () => restartTrial(common),
      takeover: () => takeOverTrial(common),
    };
    const report = await trials[which]();
    console.log(values.json ? JSON.stringify(report) : text(report));
    process.exitCode = report.faults.length === 0 ? 0 : 1;
  } finally {
    await infra.close();
  }
}

function whole(name: string, value: string): number {
  if (/^[1-9]\d{0,8}$/.test(value)) return Number(value);
  console.error(`--${name} has to be a whole number from 1 on, not "${value}"`);
  process.exit(2);
}

function text({ faults, ...report }: { readonly faults: readonly string[] }): string {
  const verdict =
    faults.length === 0 ? 'everything adds up' : `${faults.length} faults:\n${faults.slice(0, 20).join('\n')}`;
  return `${JSON.stringify(report, null, 2)}\n${verdict}`;
}

main().catch(giveUp);
