import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Checkout } from './starter';

const mall = 'examples/mall/choreography';
const made = `${mall}/dist/contracts.js`;

let checkout: Checkout;
beforeEach(() => {
  checkout = new Checkout();
  checkout.write('package.json', JSON.stringify({ workspaces: ['common/cli', mall], engines: { node: '>=22.15' } }));
  checkout.write(`${mall}/tsconfig.json`, checkout.read('common/cli/tsconfig.json').replace('../..', '../../..'));
  checkout.write(`${mall}/src/contracts.ts`, 'export const topic: string = "mall";');
  checkout.source("console.log([...process.argv.slice(2), process.cwd()].join(' '))");
});
afterEach(() => checkout.remove());
const isCompiled = () => existsSync(join(checkout.folder, made));

test('who starts the order system does not compile the examples', async () => {
  expect(await checkout.run(['start'])).toMatchObject({ code: 0, said: expect.stringMatching(/^start \S+\n$/) });
  expect(isCompiled()).toBe(false);
});

test('an example is run by the command of an outside team, in its own folder, and only what is new is compiled for it', async () => {
  await checkout.run(['start']);
  const { code, said, hinted } = await checkout.run(['mall', '--help']);
  expect({ code, said }).toEqual({ code: 0, said: `start --help ${join(checkout.folder, mall)}\n` });
  expect(hinted).toContain('Compiling 1 files');
  expect(isCompiled()).toBe(true);
  expect((await checkout.run(['mall'])).hinted).toBe('');
  expect((await checkout.run(['start'])).hinted).toBe('');
});

test('a build compiles the examples with their types', async () => {
  checkout.write(`${mall}/src/contracts.ts`, 'export const topic: string = 1;');
  expect(await checkout.run(['build'])).toMatchObject({
    code: 1,
    hinted: expect.stringContaining('contracts.ts(1,14)'),
  });
});
