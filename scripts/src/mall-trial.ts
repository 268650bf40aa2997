import { parseArgs } from 'node:util';
import { giveUp } from 'saga-kit/tools';
import { startInfra } from '@saga-kit/cli/internal/infra/start-infra';
import { misunderstood, parsed, wholeOf } from './parsed';
import { embeddedMallTrial, kafkaMallTrial, type MallReport, type MallTrial } from './trial/mall/mall-trial';

const help = `Places orders in the mall, cancels some of them at any moment, kills processes with -9 meanwhile, and audits the books.

  npm run mall-trial -- embedded [--orders 2000] [--kills 3] [--at-once 100]
  npm run mall-trial -- kafka    [--orders 2000] [--kills 6] [--at-once 100] [--instances 2]

embedded all services in one process, on files
kafka    so many processes of each service, on a broker, a registry and a database of its own

  --seed 1   the same orders and cancellations, and the same kills
  --json     the report as JSON

In the end what is in stock and what was sold have to be what there was, each order has to have its delivery, which stands as
the order does, no order is PENDING, and what was cancelled is. Each ends by itself, within some minutes.

Ends with 0 when everything adds up, with 1 when something does not, with 2 when it was called in another way.`;

const options = {
  orders: { type: 'string', default: '2000' },
  kills: { type: 'string' },
  'at-once': { type: 'string', default: '100' },
  instances: { type: 'string' },
  seed: { type: 'string', default: '1' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

async function main(): Promise<void> {
  const { values, positionals } = parsed(help, () => parseArgs({ allowPositionals: true, options }));
  if (values.help) return console.log(help);
  const [where, ...more] = positionals;
  if ((where !== 'embedded' && where !== 'kafka') || more.length > 0) return misunderstood(help);
  if (where === 'embedded' && values.instances !== undefined)
    return misunderstood('--instances is for kafka, and not for embedded');
  const trial = {
    orders: wholeOf('orders', values.orders),
    kills: wholeOf('kills', values.kills ?? (where === 'kafka' ? '6' : '3'), 0),
    atOnce: wholeOf('at-once', values['at-once']),
    seed: wholeOf('seed', values.seed, 0),
    say: (line: string) => console.error(line),
  };
  const report = await (where === 'embedded'
    ? embeddedMallTrial(trial)
    : onKafka(trial, wholeOf('instances', values.instances ?? '2')));
  console.log(values.json ? JSON.stringify(report) : text(report));
  process.exitCode = report.faults.length === 0 ? 0 : 1;
}

async function onKafka(trial: MallTrial, instances: number): Promise<MallReport> {
  const { addresses, missing, close } = await startInfra({ say: trial.say });
  try {
    if (missing.length > 0) throw new Error(missing.map(({ name, lacking }) => `${name}: ${lacking}`).join('\n'));
    return await kafkaMallTrial({ ...trial, instances, addresses });
  } finally {
    await close();
  }
}

function text({ faults, ...report }: MallReport): string {
  const verdict =
    faults.length === 0 ? 'everything adds up' : `${faults.length} faults:\n${faults.slice(0, 20).join('\n')}`;
  return `${JSON.stringify(report, null, 2)}\n${verdict}`;
}

main().catch(giveUp);
