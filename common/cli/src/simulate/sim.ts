import { availableParallelism } from 'node:os';
import { shrink, simulate, storyOf, type Scenario } from 'saga-kit/testing';
import { command, Misconfigured, parse, Usage, wholeNumber } from '../command/command';
import { exits, progress, tableText, type Terminal } from '../command/terminal';
import type { LoadedConfig } from '../config';
import type { SeedResult } from './seed-result';
import { inProcesses, scenarioOf, simulated, type Seeds } from './seeds';

const help = `Simulates the services on a virtual clock while everything fails, and says whether each promise was kept.

  npx saga-kit sim [--seeds 100] [--from 1] [--scenario NAME] [--jobs CORES] [--first] [--json]
  npx saga-kit sim --from 42 --story

Processes die, answers are lost, partitions move and databases go away, as a seed draws it: the same seed is the same story.
scenarios of saga-kit.config says what is simulated: what customers do, and what has to add up in the end; seeds take turns
with them. When something is broken, the first such seed is told by as few messages and faults as still show it.

  --scenario  only those whose name has this in it
  --jobs      so many processes; one for each core if it is not said
  --first     one seed after the other, and none behind the first that is broken
  --story     tells what happens with the seed of --from, broken or not
  --json      a line for each seed, without a story

Ends with 0 when every promise was kept, with 1 when one was broken, with 2 when the command or the configuration is wrong,
with 130 when interrupted.`;

/** The command. */
export const sim = command<[LoadedConfig]>({ help }, async (args, terminal, config) => {
  const { values, positionals } = parse(args, {
    seeds: { type: 'string', default: '100' },
    from: { type: 'string', default: '1' },
    every: { type: 'string', default: '1' }, // what the processes of --jobs are called with
    scenario: { type: 'string' },
    jobs: { type: 'string' },
    first: { type: 'boolean', default: false },
    story: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  });
  if (positionals.length > 0) throw new Usage(positionals[0]);
  const seeds: Seeds = {
    from: wholeNumber('from', values.from, [0, 4_000_000_000]),
    count: wholeNumber('seeds', values.seeds, [1, 100_000_000]),
    every: wholeNumber('every', values.every, [1, 1_000]),
  };
  const scenarios = chosen(config, values.scenario);
  if (values.story) return story(scenarioOf(scenarios, seeds.from), seeds.from, terminal);
  const wanted = values.jobs === undefined ? availableParallelism() : wholeNumber('jobs', values.jobs, [1, 256]);
  const jobs = values.first ? 1 : wanted;
  const results: SeedResult[] = [];
  const far = seeds.every === 1 ? progress(terminal, 'seeds', seeds.count) : () => {}; // who has called us tells how far it is
  const tell = (result: SeedResult) => {
    results.push(result);
    if (values.json) terminal.say(JSON.stringify(result));
    else if (result.violations.length > 0) terminal.hint(`seed ${result.seed}: ${result.violations[0]!.message}`);
    far(results.length);
  };
  if (jobs === 1)
    for await (const result of simulated(scenarios, seeds)) {
      tell(result);
      if (values.first && result.violations.length > 0) break;
    }
  else await inProcesses(argsFor(config, values.scenario), seeds, jobs, tell);
  const broken = results.filter(({ violations }) => violations.length > 0).sort((one, other) => one.seed - other.seed);
  if (values.json) return broken.length === 0 ? exits.fine : exits.differs;
  terminal.say(summary(results));
  if (broken.length === 0) return exits.fine;
  const { seed } = broken[0]!;
  terminal.say(
    `\n${broken.length} seeds broken: ${broken
      .slice(0, 20)
      .map((each) => each.seed)
      .join(', ')}\n`,
  );
  await shrunk(scenarioOf(scenarios, seed), seed, terminal, values.scenario);
  return exits.differs;
});

function chosen({ scenarios, file }: LoadedConfig, name: string | undefined): readonly Scenario[] {
  const all = scenarios();
  if (all.length === 0) throw new Misconfigured(`${file}: scenarios has to say what is simulated, and is not there`);
  const some = all.filter((each) => each.name.includes(name ?? ''));
  if (some.length === 0)
    throw new Usage(`--scenario: none is called ${name}; there are ${all.map((each) => each.name).join('; ')}`);
  return some;
}

const argsFor =
  ({ file }: LoadedConfig, scenario: string | undefined) =>
  ({ from, count, every }: Seeds) => [
    ...process.execArgv,
    process.argv[1]!,
    ...['--config', file, 'sim', '--json', '--jobs', '1'],
    ...['--from', `${from}`, '--seeds', `${count}`, '--every', `${every}`],
    ...(scenario === undefined ? [] : ['--scenario', scenario]),
  ];

function summary(results: readonly SeedResult[]): string {
  const sum = (of: (result: SeedResult) => number) => results.reduce((total, result) => total + of(result), 0);
  const names = [...new Set(results.map(({ scenario }) => scenario))].sort();
  const rows = names.map((name) => {
    const own = results.filter(({ scenario }) => scenario === name);
    const total = (of: (result: SeedResult) => number) => own.reduce((all, result) => all + of(result), 0);
    const broken = own.filter(({ violations }) => violations.length > 0).length;
    return [name, own.length, total((each) => each.processes), total((each) => each.messages), broken];
  });
  const kinds = new Map<string, number>();
  for (const { faults } of results)
    for (const [kind, count] of Object.entries(faults)) kinds.set(kind, (kinds.get(kind) ?? 0) + count);
  const faults = [...kinds].sort(([, one], [, other]) => other - one).map(([kind, count]) => `${kind} ${count}`);
  const [processes, cpuSeconds] = [sum((each) => each.processes), sum((each) => each.cpuMs) / 1_000];
  const violations = sum((each) => each.violations.length);
  return [
    tableText(['scenario', 'seeds', 'sagas and choreographies', 'messages', 'broken seeds'], rows),
    '',
    `faults: ${faults.join(', ') || 'none'}`,
    `${results.length} seeds, ${processes} sagas and choreographies, ${violations} violations; ${(processes / cpuSeconds).toFixed(1)} a CPU second, ${cpuSeconds.toFixed(0)} of them`,
  ].join('\n');
}

async function story(scenario: Scenario, seed: number, terminal: Terminal): Promise<number> {
  const run = await simulate(scenario, seed);
  terminal.say(`seed ${seed}, ${scenario.name}, digest ${run.digest}\n\n${storyOf(run)}`);
  return run.violations.length === 0 ? exits.fine : exits.differs;
}

async function shrunk(scenario: Scenario, seed: number, terminal: Terminal, name: string | undefined): Promise<void> {
  const failed = await simulate(scenario, seed);
  const { run, reduction, tries } = await shrink(scenario, failed, progress(terminal, 'shrinking, runs', 200));
  const again = `npx saga-kit sim --from ${seed} --story${name === undefined ? '' : ` --scenario '${name}'`}`;
  terminal.say(
    [
      `seed ${seed}, ${scenario.name}: shrunk to ${reduction.actions?.size ?? 'all'} actions and ${run.mishaps.length} mishaps in ${tries} runs`,
      '',
      storyOf(run),
      '',
      `Again, whole: ${again}`,
    ].join('\n'),
  );
}
