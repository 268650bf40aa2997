import { parseArgs } from 'node:util';
import { giveUp } from 'saga-kit/tools';
import { misunderstood, parsed, wholeOf } from './parsed';
import { purgeTrial, type PurgeReport } from './trial/purge/purge-trial';

const help = `Purges finished sagas by the hundred thousand while orders go on, and measures what that costs.

  npm run purge-trial -- [--sagas 100000] [--on mysql] [--per-second 20] [--phase-seconds 15] [--json]

Places some orders of every ending, and copies the rows that they have left (kit_sagas, kit_history, kit_inbox, in all four
services) until there are so many sagas that ended a month ago. Then it places orders, so many a second, and purges in turn:
some seconds with, some seconds without. It reports how fast that was, how long orders took with it and without, and how
large the database was before and after.

  --on mysql      Kafka, a registry and MySQL or MariaDB, all of its own; "sqlite": everything in one process
  --json          the report as JSON

Its data is in folders of its own, which it removes. It ends by itself, within half an hour.

Ends with 0 when everything old is gone and everything young is there, with 1 when not, with 2 when it was called in
another way.`;

const options = {
  sagas: { type: 'string', default: '100000' },
  on: { type: 'string', default: 'mysql' },
  'per-second': { type: 'string', default: '20' },
  'phase-seconds': { type: 'string', default: '15' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

async function main(): Promise<void> {
  const { values } = parsed(help, () => parseArgs({ options }));
  if (values.help) return console.log(help);
  const { on } = values;
  if (on !== 'mysql' && on !== 'sqlite') return misunderstood(`--on is mysql or sqlite, and not "${on}"`);
  const report = await purgeTrial({
    on,
    sagas: wholeOf('sagas', values.sagas),
    perSecond: wholeOf('per-second', values['per-second']),
    phaseSeconds: wholeOf('phase-seconds', values['phase-seconds']),
    say: (line) => console.error(line),
  });
  console.log(values.json ? JSON.stringify(report) : text(report));
  process.exitCode = report.faults.length === 0 ? 0 : 1;
}

function text({ faults, ...report }: PurgeReport): string {
  const verdict = faults.length === 0 ? 'what was old is gone, and what was young is there' : faults.join('\n');
  return `${JSON.stringify(report, null, 2)}\n${verdict}`;
}

main().catch(giveUp);
