import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { misunderstood, parsed, wholeOf } from './parsed';
import { root, sagaKit } from './root';
import { bugs } from './zoo/bugs';
import { rungs, type Bug, type Rung } from './zoo/bug';
import { Hunts, withBug, type Hunted } from './zoo/hunts';
import { linesOf, tableOf, type Line } from './zoo/table';

const help = `Breaks the kit on purpose, one promise after the other, and sees who finds it, and after how many seeds.

  npm run zoo -- [--bug NAME] [--rung NAME] [--seeds 200] [--seed-runs 5] [--jobs CORES] [--json] [--write FILE]
  npm run zoo -- --bug NAME --story

A bug is a change to what was compiled of the kit, made while it is loaded into a process of its own: nothing of it is in the
kit. Each start simulates seeds until one shows that something is broken. The same seeds then must show nothing without the bug.

  --bug        only this one; without a name like it, all names are listed
  --rung       only this one, where it has to find the bug: ${rungs.join(', ')}
  --seeds      a start gives up after so many
  --seed-runs  so many starts of each rung, with seeds of their own
  --jobs       so many processes; one for each core if it is not said
  --json       a line for each bug and rung
  --write      puts the table into this file, below its line "<!-- npm run zoo -->"
  --story      tells the first failure of its first rung; a simulation shrinks it

Ends with 0 when every rung has found every bug that it has to find, with 1 when one was not found or a seed is broken without
any, with 2 when it was called wrongly.`;

async function main(): Promise<void> {
  const { values } = parsed(help, () =>
    parseArgs({
      options: {
        bug: { type: 'string' },
        rung: { type: 'string' },
        seeds: { type: 'string', default: '200' },
        'seed-runs': { type: 'string', default: '5' },
        jobs: { type: 'string', default: `${availableParallelism()}` },
        json: { type: 'boolean', default: false },
        write: { type: 'string' },
        story: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }),
  );
  if (values.help) return console.log(help);
  const chosen = bugs
    .filter(({ name }) => values.bug === undefined || name === values.bug)
    .map((bug) => ({ ...bug, rungs: bug.rungs.filter((rung) => values.rung === undefined || rung === values.rung) }));
  if (values.rung !== undefined && !rungs.some((rung) => rung === values.rung))
    misunderstood(`--rung has to be one of ${rungs.join(', ')}`);
  const seeds = wholeOf('seeds', values.seeds);
  const runs = wholeOf('seed-runs', values['seed-runs']);
  const jobs = wholeOf('jobs', values.jobs);
  if (chosen.length === 0) misunderstood(`--bug has to be one of ${bugs.map(({ name }) => name).join(', ')}`);
  if (values.story && values.bug === undefined) misunderstood('--story tells of one --bug');
  process.once('SIGINT', () => process.exit(130));
  process.once('SIGTERM', () => process.exit(130));
  if (values.story) return story(chosen[0]!, seeds);
  const hunts = new Hunts(jobs, (line) => console.error(line));
  const starts = Array.from({ length: runs }, (_, run) => 1 + run * seeds);
  const hunted = await hunts.all(chosen, { seeds, starts });
  const lines = linesOf(chosen, hunted);
  if (values.json) for (const line of lines) console.log(JSON.stringify(line));
  else console.log(tableOf(lines));
  if (values.write !== undefined) write(values.write, lines, { seeds, runs });
  const faults = [...lines.filter(({ isFound }) => !isFound).map(notFound), ...(await brokenWithout(hunts, hunted))];
  for (const fault of faults) console.error(fault);
  process.exitCode = faults.length === 0 ? 0 : 1;
}

const notFound = ({ bug, rung, found, starts }: Line): string =>
  `${bug}: ${rung} has found it in ${found} of ${starts} starts`;

/** Seeds that have found a bug and show something without it as well. */
async function brokenWithout(hunts: Hunts, hunted: readonly Hunted[]): Promise<string[]> {
  const seedsOf = new Map<Rung, Set<number>>();
  for (const { rung, starts } of hunted)
    for (const { seed } of starts)
      if (seed !== undefined) seedsOf.set(rung, (seedsOf.get(rung) ?? new Set()).add(seed));
  const faults: string[] = [];
  for (const [rung, seeds] of seedsOf)
    for (const { seed, message } of await hunts.starts(undefined, { rung, starts: [...seeds], seeds: 1 }))
      if (seed !== undefined) faults.push(`${rung}, seed ${seed}, without any bug: ${message}`);
  return faults;
}

const mark = '<!-- npm run zoo -->';

function write(file: string, lines: readonly Line[], { seeds, runs }: { seeds: number; runs: number }): void {
  const text = readFileSync(file, 'utf8');
  const [above] = text.split(mark);
  if (above === text) throw new Error(`${file} has no line "${mark}"`);
  const how = `${runs} starts of at most ${seeds} seeds each: the median, and the least and the most.`;
  writeFileSync(file, `${above}${mark}\n\n${how}\n\n${tableOf(lines)}\n`);
}

const simulation = (scenario: string, seeds: number): readonly string[] => [
  sagaKit.file,
  ...sagaKit.args('sim', '--seeds', `${seeds}`, '--scenario', scenario, '--first'),
];
/** What tells how a rung fails. */
const told: Readonly<Record<Rung, (seeds: number) => readonly string[]>> = {
  orders: (seeds) => simulation('order', seeds),
  mall: (seeds) => simulation('choreography', seeds),
  'orchestrated mall': (seeds) => simulation('orchestration', seeds),
  'crash matrix': () => [join(__dirname, 'crash-matrix.js'), '--pairs', '0', '--jobs', '1'],
};

/** The command of the rung, with the bug in it. */
async function story({ name, rungs }: Bug, seeds: number): Promise<void> {
  const { args, env } = withBug(name);
  const child = spawn(process.execPath, [...args, ...told[rungs[0]!](seeds)], { env, cwd: root, stdio: 'inherit' });
  process.once('exit', () => child.kill());
  process.exitCode = await new Promise<number>((over) => child.once('exit', (code) => over(code ?? 130)));
  console.log(`That is with the bug: npm run zoo -- --bug ${name} --story`);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
