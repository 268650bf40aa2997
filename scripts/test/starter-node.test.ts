import { existsSync, readdirSync } from 'node:fs';
import { Checkout } from './starter';

let checkout: Checkout;
beforeEach(() => void (checkout = new Checkout()));
afterEach(() => checkout.remove());

const kind = `${process.platform}-${process.arch}`;
const name = kind === 'darwin-arm64' ? `node-bin-${kind}` : `node-${kind}`;
const folder = `node-99-${kind}`;
const node = `node_modules/${name}/bin/node`;
const another = { SAGA_KIT_NODE: '99' };

/** An npm that brings a Node of this version, which says how it is called and ends with 7. */
const bringing = (version: string) => `
const node = process.argv[process.argv.indexOf('--prefix') + 1] + '/${node}';
fs.mkdirSync(require('path').dirname(node), { recursive: true });
fs.writeFileSync(node, '#!/bin/sh\\nif [ "$1" = -p ]; then echo ${version}; else echo "$@ on $PATH"; exit 7; fi');
fs.chmodSync(node, 0o755);`;

test('a Node that is new enough is used as it is', async () => {
  expect(await checkout.run(['start'])).toMatchObject({ code: 0, said: 'started\n' });
  expect(checkout.npmWasAsked()).toEqual([expect.stringMatching(/^ci /)]);
});

test('another one is fetched once, and goes on with what was asked for, as whatever is started from there does', async () => {
  checkout.npm(bringing('99.1.0'));
  const first = await checkout.run(['start', '--port', 'a b'], another);
  const bin = checkout.path('cache', folder, 'node_modules', name, 'bin');
  expect(first.said).toBe(
    `${checkout.path('scripts/run.mjs')} start --port a b on ${bin}:${checkout.path('bin')}:${process.env['PATH']}\n`,
  );
  expect(first).toMatchObject({ code: 7, hinted: expect.stringContaining('fetching Node 99') });
  expect(checkout.npmWasAsked()).toEqual([expect.stringMatching(new RegExp(`^install .* ${name}@99$`))]);
  expect(await checkout.run(['start'], another)).toMatchObject({ code: 7, hinted: '' });
  expect(checkout.npmWasAsked()).toEqual([]);
  expect(readdirSync(checkout.path('cache'))).toEqual([folder]);
});

test('one that is in none of the ranges that the package names is not new enough', async () => {
  const [major] = process.versions.node.split('.');
  const engines = { node: `>=1.2 <${major} || >=${major}.999` };
  checkout.write('package.json', JSON.stringify({ workspaces: ['common/cli'], engines }));
  checkout.npm(bringing('24.999.0'));
  expect(await checkout.run(['start'])).toMatchObject({ code: 7, hinted: expect.stringContaining('fetching Node 24') });
});

test.each([
  ['does not run', ''],
  ['is too old by now', '#!/bin/sh\necho 22.1.0'],
])('one that is there and %s is fetched anew', async (_what, program) => {
  checkout.write(`cache/${folder}/${node}`, program);
  checkout.npm(bringing('99.1.0'));
  expect(await checkout.run(['start'], another)).toMatchObject({ code: 7 });
});

test.each([
  ['cannot be had', 'process.exit(1)', 'npm has said why'],
  ['is another than was asked for', bringing('98.0.0'), 'does not run on this machine'],
])('one that %s ends the command with the way out', async (_what, npm, why) => {
  checkout.npm(npm);
  const { code, hinted } = await checkout.run(['start'], another);
  expect({ code, hinted }).toEqual({ code: 1, hinted: expect.stringContaining(why) });
  expect(hinted).toContain('Install Node 22.15 or later, and try again.');
  expect(existsSync(checkout.path('node_modules/.package-lock.json'))).toBe(false);
});

test.each(['20', 'v24', '24.1', 'latest'])('"%s" is not a Node to run on', async (wanted) => {
  const { code, hinted } = await checkout.run(['start'], { SAGA_KIT_NODE: wanted });
  expect(code).toBe(1);
  expect(hinted).toBe(
    `SAGA_KIT_NODE: has to be the major version of a Node, 22 or later, for example 24; it is "${wanted}"\n`,
  );
});
