import { createWriteStream } from 'node:fs';
import { parseArgs } from 'node:util';
import { giveUp } from 'saga-kit/tools';
import { misunderstood, parsed, wholeOf } from './parsed';
import { chaosTrial, type ChaosReport, type ChaosTrial } from './trial/chaos/chaos-trial';
import { Disk } from './trial/chaos/disk';
import { kindNames } from './trial/chaos/kinds';
import { planFaults } from './trial/chaos/plan';
import { chaosText } from './trial/chaos/text';
import { randomFrom } from './trial/random';
import { threeBrokers } from './trial/three-brokers';

const help = `Places orders at a steady rate while everything goes wrong that a seed draws, and audits the books.

  npm run chaos -- [--minutes 10] [--seed N] [--per-second 10] [--cancel 20] [--kind NAME] [--log FILE] [--json]

Two processes of each service, three brokers, a registry and a database are started on ports of their own. The kinds of faults:

${kindNames.map((name) => `  ${name}`).join('\n')}

  --minutes     how long orders are placed; about four faults a minute, after a first time without any
  --seed        which fault comes when, and which orders are placed; printed, and drawn when left out
  --per-second  so many orders are placed a second: no more than the machine keeps up with while nothing is wrong
  --cancel      so many percent of them are cancelled by their customers, at any moment, some by two at once
  --kind        only faults of this kind; may be repeated
  --log         a file for what the processes write
  --json        the report as JSON

In the end all faults are over and every order has to end; then the books have to add up, every message that was committed
has to be on its topic, exactly the poison has to be parked, and no order may have failed for an outage. How long orders took
to end again as they did before is told for each kind of fault. A kind that a machine cannot have is left out, and that is told:
a full disk takes Linux and root.

Ends with 0 when there are no violations, with 1 when there are, with 2 when it was called in another way, with 130 when it was
interrupted: what it had started is ended.`;

const options = {
  minutes: { type: 'string', default: '10' },
  seed: { type: 'string' },
  'per-second': { type: 'string', default: '10' },
  cancel: { type: 'string', default: '20' },
  kind: { type: 'string', multiple: true },
  log: { type: 'string' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

const undisturbedMsMax = 30_000;
const lastMsMax = 30_000;
const faultMsMax = 60_000;
const recoverMsMax = 60_000;
const interrupted = new Error('interrupted');

async function main(): Promise<void> {
  const { values } = parsed(help, () => parseArgs({ options }));
  if (values.help) return console.log(help);
  const kinds = values.kind?.map(kindCalled) ?? kindNames;
  const forMs = wholeOf('minutes', values.minutes) * 60_000;
  const seed = wholeOf('seed', values.seed ?? `${Math.floor(Math.random() * 1_000_000)}`, 0);
  const plan = planFaults({
    ...{ kinds, forMsMax: faultMsMax, random: randomFrom(seed) },
    fromMs: Math.min(undisturbedMsMax, forMs / 6),
    untilMs: forMs - Math.min(lastMsMax, forMs / 6),
  });
  const aborting = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => aborting.abort(interrupted));
  const log = values.log === undefined ? undefined : createWriteStream(values.log);
  const report = await onOwn({
    hear: (instance, line) => log?.write(`${new Date().toISOString()} ${instance} ${line}\n`),
    ...{ seed, forMs, plan, recoverMsMax, together: 1 },
    perSecond: wholeOf('per-second', values['per-second']),
    cancelPercent: wholeOf('cancel', values.cancel, 0),
    signal: aborting.signal,
    say: (line) => console.error(line),
  });
  console.log(values.json ? JSON.stringify(report) : chaosText(report));
  process.exitCode = report.faults.length === 0 ? 0 : 1;
}

/** On components that are started for it, and ended after it. */
async function onOwn(trial: Omit<ChaosTrial, 'brokers' | 'disk'>): Promise<ChaosReport> {
  trial.say(`seed ${trial.seed}`);
  const brokers = await threeBrokers(true, trial.say);
  let disk = Disk.none;
  try {
    trial.signal.throwIfAborted();
    if (trial.plan.some(({ kind }) => kind === 'database full')) disk = await Disk.under(brokers.infra);
    return await chaosTrial({ ...trial, brokers, disk });
  } finally {
    await disk.close();
    await brokers.close();
  }
}

function kindCalled(name: string): (typeof kindNames)[number] {
  return (
    kindNames.find((each) => each === name) ??
    misunderstood(`--kind is one of ${kindNames.join(', ')}, and not "${name}"`)
  );
}

main().catch((error: unknown) => {
  if (error !== interrupted) return giveUp(error);
  console.error('interrupted: what was started has been ended');
  process.exit(130);
});
