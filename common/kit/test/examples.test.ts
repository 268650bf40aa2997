import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { judge } from './judge';

const sources = join(__dirname, '..', 'src');
const files = readdirSync(sources, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));

/** The examples in docstrings, by what they are an example of. */
const examples = files.flatMap((file) =>
  [
    ...readFileSync(join(sources, file), 'utf8').matchAll(
      /@example\n \* ```ts\n((?: \*.*\n)*?) \* ```[^]*?export (?:async function|function|const|abstract class) (\w+)/g,
    ),
  ].map(([, code, name]) => ({ name: name!, code: code!.replace(/^ \* ?/gm, '') })),
);
const found = judge({ head: '', snippets: examples.map(({ code }) => code), files: [] });

test('what a team writes first has an example', () => {
  expect(examples.map(({ name }) => name).sort()).toEqual([
    'Authentication',
    'Middleware',
    'command',
    'createsTable',
    'dispatcher',
    'event',
    'orchestrator',
    'record',
    'route',
    'saga',
    'service',
    'worldOf',
  ]);
});

test.each(examples.map(({ name }, index) => ({ name, faults: found[index] })))(
  'the example of $name compiles',
  ({ faults }) => {
    expect(faults).toEqual([]);
  },
);
