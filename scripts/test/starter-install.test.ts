import { utimesSync } from 'node:fs';
import { Checkout } from './starter';

let checkout: Checkout;
beforeEach(() => void (checkout = new Checkout()));
afterEach(() => checkout.remove());

const flags = '--no-audit --no-fund';
const made = 'common/cli/dist/main.js';

test('what starting does not need is not installed by it, and added by what needs it', async () => {
  expect(await checkout.run(['start'])).toMatchObject({ code: 0, said: 'started\n' });
  expect(checkout.npmWasAsked()).toEqual([`ci ${flags} --omit=dev`]);
  await checkout.run(['start']);
  expect(checkout.npmWasAsked()).toEqual([]);
  await checkout.run(['build']);
  expect(checkout.npmWasAsked()).toEqual([`install --no-save ${flags}`]);
  await checkout.run(['build']);
  await checkout.run(['start']);
  expect(checkout.npmWasAsked()).toEqual([]);
});

test('tools that are there stay when a start has to install something', async () => {
  await checkout.run(['build']);
  checkout.lock({ runs: '1', tool: '2' });
  await checkout.run(['start']);
  checkout.lock({ runs: '2', tool: '2' });
  await checkout.run(['start']);
  expect(checkout.npmWasAsked()).toEqual([`ci ${flags}`, `install --no-save ${flags}`]);
});

test('what an installation that was killed has left is not trusted', async () => {
  await checkout.run(['start']);
  checkout.npm("process.kill(process.ppid, 'SIGKILL')");
  await checkout.run(['build']);
  checkout.npm();
  await checkout.run(['start']);
  expect(checkout.npmWasAsked().at(-1)).toBe(`ci ${flags} --omit=dev`);
});

test('an installation that fails ends the command, and what was there goes on', async () => {
  await checkout.run(['start']);
  checkout.npm('process.exit(3)');
  expect(await checkout.run(['build'])).toMatchObject({ code: 3 });
  expect(await checkout.run(['start'])).toMatchObject({ code: 0, said: 'started\n' });
});

test('a wrong type does not hinder a start, and fails a build', async () => {
  checkout.source("const count: number = 'started';\nconsole.log(count);");
  expect(await checkout.run(['start'])).toMatchObject({ code: 0, said: 'started\n' });
  expect(await checkout.run(['build'])).toMatchObject({ code: 1, hinted: expect.stringContaining('main.ts(1,7)') });
});

test('what is not TypeScript is named by a start too, until it is', async () => {
  checkout.source('const = 1');
  for (let tried = 0; tried < 2; tried++)
    expect(await checkout.run(['start'])).toMatchObject({ code: 1, hinted: expect.stringContaining('main.ts(1,7)') });
  checkout.source("console.log('mended')");
  expect(await checkout.run(['start'])).toMatchObject({ code: 0, said: 'mended\n' });
});

test('a start makes the very files that a build makes', async () => {
  checkout.source(
    "import * as path from 'node:path';\nimport fs from 'node:fs';\nexport class A { static b = 1; }\nconsole.log(path.sep, fs.constants.R_OK);",
  );
  await checkout.run(['start']);
  const [text, map] = [checkout.read(made), checkout.read(`${made}.map`)];
  checkout.write(made, '');
  await checkout.run(['build']);
  expect([checkout.read(made), checkout.read(`${made}.map`)]).toEqual([text, map]);
});

test('a source that is what it was at the last build is compiled again after a start in between', async () => {
  await checkout.run(['build']);
  checkout.source("console.log('changed')");
  expect(await checkout.run(['start'])).toMatchObject({ said: 'changed\n' });
  checkout.source("console.log('started')");
  await checkout.run(['build']);
  expect(checkout.read(made)).toContain("console.log('started')");
});

test('a source that was put back with its old date is compiled again', async () => {
  await checkout.run(['start']);
  checkout.source("console.log('of old')");
  utimesSync(checkout.path('common/cli/src/main.ts'), 1, 1);
  expect(await checkout.run(['start'])).toMatchObject({ said: 'of old\n' });
});
