import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { given } from '../../common/kit/test/given';
import { root } from '../src/root';
import { freePort } from '../src/trial/crash-trial';

const readme = readFileSync(join(root, 'README.md'), 'utf8');
const [, commands = ''] = /```sh\n([^`]*PROFILE=kafka npm start\n)```/.exec(readme) ?? [];

/** In a data folder of its own, so as not to touch what a developer has running. */
given(
  'KAFKA_BROKERS',
  'SCHEMA_REGISTRY_URL',
  'MYSQL_URL',
)('the three commands of the README', () => {
  const folder = mkdtempSync(join(tmpdir(), 'saga-kit-readme-'));
  const { KAFKA_BROKERS: _kafka, SCHEMA_REGISTRY_URL: _registry, MYSQL_URL: _mysql, ...rest } = process.env;
  const env = { ...rest, DATA_DIR: folder };
  afterAll(() => {
    spawnSync('npm', ['run', 'infra', '--', 'stop', '--clean'], { cwd: root, env, stdio: 'ignore' });
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  test('start the system on real components; an order is approved; Ctrl-C stops it', async () => {
    expect(commands.trim().split('\n')).toHaveLength(3);
    const port = await freePort();
    const shell = spawn('bash', ['-c', `set -e\n${commands}`], {
      cwd: root,
      env: { ...env, PORT: `${port}` },
      detached: true, // a process group, to be sent what a terminal sends
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const ended = once(shell, 'exit');
    const lines: string[] = [];
    const ready = new Promise<void>((resolve, reject) => {
      for (const stream of [shell.stdout, shell.stderr])
        createInterface({ input: stream }).on('line', (line) => {
          lines.push(line);
          if (line.includes(`are ready on http://127.0.0.1:${port} `)) resolve();
        });
      void ended.then(() => reject(new Error(`it has ended:\n${lines.join('\n')}`)));
    });
    await ready;
    const headers = { 'Content-Type': 'application/json' };
    const body = JSON.stringify({ userId: 1, items: [{ productId: 1, quantity: 2 }] });
    const placed = await fetch(`http://127.0.0.1:${port}/orders`, { method: 'POST', headers, body });
    expect(placed.status).toBe(201);
    const location = `http://127.0.0.1:${port}${placed.headers.get('Location')}`;
    let status = 'PENDING';
    for (const until = Date.now() + 30_000; status === 'PENDING' && Date.now() < until;)
      ({ status } = (await (await fetch(location)).json()) as { status: string });
    expect(status).toBe('APPROVED');
    process.kill(-shell.pid!, 'SIGINT');
    await ended;
    expect(lines.filter((line) => /"level":[56]0/.test(line))).toEqual([]);
  }, 180_000);
});
