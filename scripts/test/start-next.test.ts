import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';
import { root, sagaKit } from '../src/root';
import { pageOf } from './pages';
import { Child } from '../../common/cli/src/command/child';

const folder = mkdtempSync(join(tmpdir(), 'saga-kit-next-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The last lines of a start, once all of them are there. */
async function started(env: NodeJS.ProcessEnv) {
  const child = new Child({
    file: sagaKit.file,
    args: sagaKit.args('start'),
    env: { PORT: '0', DATA_DIR: folder, SAMPLE_DATA: '1', ...env },
  });
  await child.start();
  while (!child.log.includes('\nAll routes: ')) await setTimeout(20);
  const lines = child.log.split('\n');
  const [, address] = /^Console: (http:\S+)$/m.exec(child.log) ?? [];
  return { child, address, last: lines.at(-1)!, commands: lines.filter((line) => line.startsWith('  curl')) };
}
const typed = (command: string) => execFileSync('bash', ['-c', `${command} 2>/dev/null`], { encoding: 'utf8' });

test('a start ends with what to do next, and that works as it stands there', async () => {
  const { child, last, commands, address } = await started({});
  try {
    const [place, look] = commands;
    expect(typed(place!)).toMatch(/^HTTP\/1\.1 201 Created\r\n/);
    while (!typed(look!).includes('"status":"APPROVED"')) await setTimeout(20);
    const addresses = last.match(/http:\S+(?= )/g)!;
    expect(last).toBe(`All routes: ${child.url} in a browser, ${child.url}/openapi.json for programs`);
    for (const each of [...addresses, address!]) expect((await fetch(each)).status).toBe(200);
  } finally {
    await child.stop();
  }
});

const demonstrated = async (address?: string) =>
  (await (await fetch(`${address}/demo`)).json()) as {
    story: string;
    demo: { requests: any[]; silence: object } | null;
  };

test('the console demonstrates the orders of docs/orders.http', async () => {
  const { child, address } = await started({});
  try {
    const { story, demo } = await demonstrated(address);
    expect(story).toBe('/orders/:txId/story');
    const orders = [...pageOf('docs/orders.http').matchAll(/^\{ "userId.*$/gm)].slice(0, 5);
    expect(demo!.requests.map(({ body }) => body as object)).toEqual(
      orders.map(([body]) => JSON.parse(body) as object),
    );
    expect(demo!.silence).toEqual({ label: 'The kitchen is silent', service: 'kitchen' });
  } finally {
    await child.stop();
  }
});

test('the console of another process shows the services, and ends with 0 when it is interrupted', async () => {
  const { child } = await started({});
  const typed = (port: string) => sagaKit.args('console', '--url', child.url, '--port', port);
  const run = (port: string) => spawn(process.execPath, [sagaKit.file, ...typed(port)]);
  try {
    const shown = run('0');
    const ended = once(shown, 'exit');
    let said = '';
    for await (const chunk of shown.stdout) if ((said += String(chunk)).includes('/console\n')) break;
    const { origin, href, port } = new URL(/^Console: (\S+)$/m.exec(said)![1]!);
    expect((await fetch(href)).status).toBe(200);
    const asked = await fetch(`${origin}/admin/services/order/sagas`, { headers: { Origin: origin } });
    expect(await asked.json()).toMatchObject({ items: expect.any(Array) });
    const second = run(port);
    const [[code], complaint] = await Promise.all([once(second, 'exit'), text(second.stderr)]);
    expect([code, complaint]).toEqual([1, `port ${port} is taken: choose another with --port\n`]);
    shown.kill('SIGINT');
    expect(await ended).toEqual([0, null]);
  } finally {
    await child.stop();
  }
});

test('without sample data nobody is told to order', async () => {
  const { child, last, commands, address } = await started({ SAMPLE_DATA: '0' });
  expect((await demonstrated(address)).demo).toBeNull();
  await child.stop();
  expect(commands).toEqual([]);
  expect(last).toMatch(/^All routes: http/);
});

test('who is told twice to stop stops once, and in order', async () => {
  const program = `
    const stop = async () => { console.log('stopping'); await require('node:events').once(process.stdin.resume(), 'end'); };
    require('saga-kit/tools').run('it is', {}, async () => ({ url: 'here', stop }));
    setInterval(() => {}, 1_000)`;
  const child = spawn(process.execPath, ['-e', program], {
    cwd: join(root, 'scripts'),
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  let said = '';
  child.stdout.on('data', (text: Buffer) => (said += text.toString()));
  const hasSaid = async (what: string) => {
    while (!said.includes(what)) await setTimeout(20);
  };
  await hasSaid('  process');
  child.kill('SIGTERM');
  await hasSaid('stopping');
  child.kill('SIGTERM');
  child.stdin.end();
  expect(await ended).toEqual([0, null]);
  expect(said.match(/stopping/g)).toHaveLength(1);
});
