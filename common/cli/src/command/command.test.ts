import { command, configured, Interrupted, parse, verbOf, wholeNumber } from './command';

const help = `Does something.

  npx saga-kit do this|that [--count 1]

Ends with 0 when it is done.`;

async function ran(run: (args: readonly string[]) => number, ...args: readonly string[]) {
  const [said, hinted]: [string[], string[]] = [[], []];
  const terminal = {
    env: {},
    say: (text: string) => void said.push(text),
    hint: (text: string) => void hinted.push(text),
  };
  const isUnreachable = ({ message }: Error) => message === 'away';
  const code = await command({ help, isUnreachable }, async (typed) => run(typed))(args, terminal);
  return { code, said: said.join('\n'), hinted: hinted.join('\n') };
}
const failing = (error: Error) => () => {
  throw error;
};
const strict = (args: readonly string[]) => {
  const { positionals, values } = parse(args, { count: { type: 'string', default: '1' } });
  verbOf(positionals, ['this', 'that']);
  return wholeNumber('count', values.count, [0, 9]);
};

test('--help is answered anywhere, and nothing is done', async () => {
  expect(await ran(failing(new Error('done')), 'this', '--help')).toEqual({ code: 0, said: help, hinted: '' });
});

test.each([
  [[], 'say which of this, that'],
  [['other'], 'other'],
  [['this', 'more'], 'more'],
  [['this', '--nonsense'], "Unknown option '--nonsense'"],
  [['this', '--count', '10'], '--count is a whole number from 0 to 9, and not "10"'],
  [['this', '--count', '1e0'], '--count is a whole number'],
])('%j is not understood: why is told, and how it is called', async (args, why) => {
  const { code, said, hinted } = await ran(strict, ...args);
  expect({ code, said }).toEqual({ code: 2, said: '' });
  expect(hinted).toContain(`not understood: ${why}`);
  expect(hinted).toContain('\n\n  npx saga-kit do this|that [--count 1]\n');
});

test.each([
  ['a setting that is wrong', () => configured(failing(new Error('PORT: no'))), 2, 'PORT: no'],
  ['somebody who is away', failing(new Error('away')), 3, 'away'],
  ['Ctrl-C', failing(new Interrupted('SIGINT')), 130, 'SIGINT'],
  ['anything else', failing(new Error('broken')), 1, 'broken'],
])('%s has an exit code of its own, and no stack', async (_what, run, code, hinted) => {
  expect(await ran(run)).toEqual({ code, said: '', hinted });
});
