import { parseArgs } from 'node:util';
import { parsed, wholeOf } from './parsed';
import { crashTrial } from './trial/crash-trial';

const help = `Places orders, kills the system with -9 at random moments, starts it again on the same data, and audits the books.

  npm run crash-trial -- [--orders 2000] [--kills 3] [--at-once 200] [--cancel 0] [--seed 1] [--json]

  --cancel   so many percent of the orders are cancelled by their customers, at any moment, some by two at once

Ends with 0 when everything adds up, with 1 when something does not.`;

async function main(): Promise<void> {
  const { values } = parsed(help, () =>
    parseArgs({
      options: {
        orders: { type: 'string', default: '2000' },
        kills: { type: 'string', default: '3' },
        'at-once': { type: 'string', default: '200' },
        cancel: { type: 'string', default: '0' },
        seed: { type: 'string', default: '1' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }),
  );
  if (values.help) return console.log(help);
  const report = await crashTrial({
    orders: wholeOf('orders', values.orders),
    kills: wholeOf('kills', values.kills, 0),
    atOnce: wholeOf('at-once', values['at-once']),
    cancelPercent: wholeOf('cancel', values.cancel, 0),
    seed: wholeOf('seed', values.seed, 0),
    say: (line) => console.error(line),
  });
  console.log(values.json ? JSON.stringify(report) : describe(report));
  process.exitCode = report.faults.length === 0 ? 0 : 1;
}

function describe({ orders, ends, kills, faults }: Awaited<ReturnType<typeof crashTrial>>): string {
  const counts = Object.entries(ends)
    .map(([end, count]) => `${end} ${count}`)
    .join(', ');
  const verdict =
    faults.length === 0 ? 'everything adds up' : `${faults.length} faults:\n${faults.slice(0, 20).join('\n')}`;
  return `${orders} orders, ${kills.length} kills: ${counts}\n${verdict}`;
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
