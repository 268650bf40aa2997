import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { crashMatrix, crashRun, type Crash, type CrashOptions, type Ending } from 'saga-kit/testing';
import { giveUp } from 'saga-kit/tools';
import { misunderstood, parsed, wholeOf } from './parsed';
import { documentOf, textOf } from './simulation/crash-report';
import { CrashWorkers } from './simulation/crash-workers';
import { endings } from './simulation/endings';

const help = `Lets a process die at each boundary between two durable actions, for each way in which something ends, and judges each run.

  npm run crash-matrix -- [--pairs 2000] [--seed 1] [--ending NAME] [--instances 1] [--jobs CORES] [--json]
  npm run crash-matrix -- --ending NAME --crash 12 [--crash 3:all] [--seed 1] [--instances 1] [--json]

  --pairs      so many pairs of boundaries are drawn: somebody dies again, while or after they recover
  --ending     the ending of this name, or those whose names have it in them
  --instances  so many processes of each service
  --jobs       so many cells are run at a time, each in a process of its own
  --crash      runs only this: who acts dies after so many durable actions, or all do; the next one is counted from there
  --write      a file for the result, as docs/crash-matrix.md is

Everything is on a virtual clock, with a simulated broker and databases in memory: the same seed is the same run.

Ends with 0 when every run has ended as it had to, with 1 when one has not, with 2 when it was called in another way, with 130
when interrupted.`;

const options = {
  pairs: { type: 'string', default: '2000' },
  seed: { type: 'string', default: '1' },
  ending: { type: 'string' },
  instances: { type: 'string', default: '1' },
  jobs: { type: 'string', default: `${availableParallelism()}` },
  crash: { type: 'string', multiple: true },
  write: { type: 'string' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

async function main(): Promise<void> {
  const { values } = parsed(help, () => parseArgs({ options }));
  if (values.help) return console.log(help);
  const own = { seed: wholeOf('seed', values.seed, 0), instances: wholeOf('instances', values.instances) };
  const chosen = endingsOf(values.ending);
  if (values.crash) return again(chosen, values.crash.map(crashOf), own, values.json);
  const pairs = wholeOf('pairs', values.pairs, 0);
  const workers = new CrashWorkers(wholeOf('jobs', values.jobs), own);
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => {
      workers.end();
      process.exit(130);
    });
  try {
    const run = (cell: Parameters<CrashWorkers['run']>[0]) => workers.run(cell);
    const matrix = await crashMatrix(chosen, { ...own, pairs, run, atOnce: workers.count, progress: progress() });
    if (values.write !== undefined) writeFileSync(values.write, documentOf(matrix));
    console.log(values.json ? JSON.stringify(matrix) : textOf(matrix));
    process.exitCode = matrix.failures.length === 0 ? 0 : 1;
  } finally {
    workers.end();
  }
}

/** One run, told in full. */
async function again(chosen: readonly Ending[], crashes: Crash[], own: CrashOptions, json: boolean): Promise<void> {
  const [ending, ...others] = chosen;
  if (!ending || others.length > 0) return misunderstood('--crash is for one ending: say which with --ending');
  const run = await crashRun(ending, crashes, own);
  const deaths = new Map(run.deaths.map(({ instance, after }) => [after, instance]));
  const story = run.actions.flatMap(({ instance, what }, index) => {
    const dead = deaths.get(index + 1);
    return [`${index + 1}  ${instance}  ${what}`, ...(dead === undefined ? [] : [`-- dies: ${dead}`])];
  });
  const verdict = run.violations.map(({ checker, message }) => `${checker}: ${message}`);
  console.log(json ? JSON.stringify(run) : [...story, ...(verdict.length > 0 ? verdict : ['no violation'])].join('\n'));
  process.exitCode = verdict.length === 0 ? 0 : 1;
}

function endingsOf(name: string | undefined): readonly Ending[] {
  const exact = endings.filter((ending) => name === undefined || ending.name === name);
  const chosen = exact.length > 0 ? exact : endings.filter((ending) => ending.name.includes(name!));
  const known = () => endings.map((ending) => `  ${ending.name}`).join('\n');
  return chosen.length > 0 ? chosen : misunderstood(`no ending is called "${name}", there are:\n${known()}`);
}

function crashOf(given: string): Crash {
  const [, boundary, all] = /^(\d{1,6})(:all)?$/.exec(given) ?? [];
  if (boundary !== undefined) return { boundary: Number(boundary), all: all !== undefined };
  return misunderstood(`--crash has to be a number of durable actions, with ":all" perhaps, not "${given}"`);
}

const sayEveryMs = 2_000;
function progress(): (done: number, of: number, violated: number) => void {
  let saidMs = performance.now();
  return (done, of, violated) => {
    if (performance.now() - saidMs < sayEveryMs) return;
    saidMs = performance.now();
    console.error(`${done} of ${of} runs, ${violated} violated`);
  };
}

main().catch(giveUp);
