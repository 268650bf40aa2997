// What the longer experiments have in common as commands: arguments, components of their own, and an end.
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ownComponents } from './components.mjs';

const load = createRequire(import.meta.url);
const { parsed, wholeOf } = load('../scripts/dist/parsed.js');
const { Teardown } = load('saga-kit/tools');

const shownMax = 20;

/**
 * Runs `run` on a broker, a registry and a database of its own. It is given the `numbers` that were asked for, by the names of
 * `defaults`; `infra`; a `folder`; `teardown`, for what has to end, last things first; `say`, for progress; and `keep`, for
 * what was measured, which is printed as a JSON line. It resolves with the faults that were found, in words.
 */
export function experiment({ help, defaults, run }) {
  const options = Object.fromEntries(
    Object.entries(defaults).map(([name, value]) => [name, { type: 'string', default: String(value) }]),
  );
  const { values } = parsed(help, () =>
    parseArgs({ options: { ...options, help: { type: 'boolean', default: false } } }),
  );
  if (values.help) return console.log(help);
  const numbers = Object.fromEntries(Object.keys(defaults).map((name) => [name, wholeOf(name, values[name])]));
  const teardown = new Teardown();
  let interrupted = false;
  for (const signal of ['SIGINT', 'SIGTERM'])
    process.on(signal, () => {
      if (interrupted) return;
      interrupted = true;
      say('ending what was started');
      teardown.run().finally(() => process.exit(130));
    });
  work({ numbers, teardown, run }).then(
    (status) => interrupted || process.exit(status),
    (error) => {
      if (interrupted) return;
      console.error(error);
      process.exit(1);
    },
  );
}

async function work({ numbers, teardown, run }) {
  try {
    const folder = await mkdtemp(join(tmpdir(), 'saga-kit-bench-'));
    teardown.add(() => rm(folder, { recursive: true, force: true }));
    const infra = await ownComponents(['kafka', 'registry', 'mysql'], say);
    teardown.add(infra.close);
    const keep = (line) => console.log(JSON.stringify(line));
    const faults = await run({ numbers, infra, folder, teardown, say, keep });
    if (faults.length > 0) say(`${faults.length} faults:\n${faults.slice(0, shownMax).join('\n')}`);
    return faults.length > 0 ? 1 : 0;
  } finally {
    await teardown.run();
  }
}

const say = (line) => console.error(line);
