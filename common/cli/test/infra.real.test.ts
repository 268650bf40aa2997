import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createConnection } from 'mysql2/promise';
import { setTimeout } from 'node:timers/promises';
import { given } from '../../kit/test/given';
import { answersNow } from '../src/infra/answers';
import { databases } from '../src/infra/component';
import { Infra } from '../src/infra/infra';
import { databaseThere, mysql } from '../src/infra/mysql';
import { findProgram, type Machine } from '../src/infra/machine';
import { startInfra } from '../src/infra/start-infra';

const env = { PATH: process.env['PATH'] };
const machine: Machine = { docker: false, java: 0, find: (program) => findProgram(program, env) };
const names = ['mysql'] as const;
const whereItRuns = mysql.lacking(machine, {}) === undefined ? given('MYSQL_URL') : describe.skip;

whereItRuns('the components of a folder', () => {
  const folder = mkdtempSync(join(tmpdir(), 'infra-real-'));
  const here = () => new Infra(folder, { env, say: () => {}, machine }); // each as in another shell
  afterAll(async () => {
    await here().stop(names, { clean: true });
    rmSync(folder, { recursive: true });
  });
  const query = async (sql: string) => {
    const connection = await createConnection({ uri: here().addresses.MYSQL_URL! });
    return connection.query(sql).finally(() => connection.end());
  };
  const state = async () => (await here().status()).find(({ name }) => name === 'mysql')!;

  test('start answers, and started again it is the same process', async () => {
    expect(await here().start(names)).toEqual([]);
    const { pid, from, answers } = await state();
    expect({ from, answers }).toEqual({ from: 'process', answers: true });
    await Promise.all([here().start(names), here().start(names)]);
    expect((await state()).pid).toBe(pid);
    await query('create database kept');
  });

  test('stopped and started again, it has its address and its data', async () => {
    const before = await state();
    await here().stop(names);
    expect(await state()).toEqual({ name: 'mysql', from: 'stopped', answers: false });
    expect(await answersNow(mysql, before.address!)).toBe(false);
    await here().start(names);
    const after = await state();
    expect(after).toEqual({ ...before, pid: after.pid });
    expect(after.pid).not.toBe(before.pid);
    await query('use kept');
  });

  test('data that one database has made are not given to the other', async () => {
    const own = databaseThere(folder)!;
    const other = databases.find((each) => each !== own)!;
    await expect(here().start(names, { database: other })).rejects.toThrow(
      `--database ${other}: the data that are here were made with --database ${own}`,
    );
    expect(await here().start(names, { database: own })).toEqual([]);
  });

  test('a start that is interrupted ends what it has begun', async () => {
    await here().stop(names, { clean: true });
    const interrupt = new AbortController();
    const infra = new Infra(folder, {
      env,
      machine,
      say: (line) => line.includes('starting at') && setImmediate(() => interrupt.abort(new Error('Ctrl-C'))),
    });
    await expect(infra.start(names, { signal: interrupt.signal })).rejects.toThrow('Ctrl-C');
    expect(await state()).toEqual({ name: 'mysql', from: 'stopped', answers: false });
    expect(existsSync(join(folder, 'mysql', 'data', 'mysql.pid'))).toBe(false);
  });

  test('a start that fails says how its log ends', async () => {
    await here().start(names);
    await here().stop(names);
    const data = join(folder, 'mysql', 'data');
    for (const file of readdirSync(data)) rmSync(join(data, file), { recursive: true });
    await expect(here().start(names)).rejects.toThrow(/mysql did not start: it has ended\n.*log ends with\n[^]*ERROR/);
  });
});

whereItRuns('components that a test has started', () => {
  test('end with it, though it was killed', async () => {
    const script = join(__dirname, '..', 'dist', 'infra', 'start-infra.js');
    const code = `require(${JSON.stringify(script)}).startInfra({ names: ['mysql'] })
      .then(({ addresses }) => { console.log(addresses.MYSQL_URL); setInterval(() => {}, 1_000); })`;
    const test = spawn(process.execPath, ['-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [said] = (await once(test.stdout, 'data')) as [Buffer];
    const address = said.toString().trim();
    expect(await answersNow(mysql, address)).toBe(true);
    test.kill('SIGKILL');
    for (const until = Date.now() + 30_000; Date.now() < until && (await answersNow(mysql, address));)
      await setTimeout(50);
    expect(await answersNow(mysql, address)).toBe(false);
  });

  test('are not those that the environment names, and are gone once closed', async () => {
    const { addresses, stop, start, close } = await startInfra({ names, machine });
    expect(addresses.MYSQL_URL).not.toBe(process.env['MYSQL_URL']);
    await stop('mysql');
    expect(await answersNow(mysql, addresses.MYSQL_URL!)).toBe(false);
    await start('mysql');
    expect(await answersNow(mysql, addresses.MYSQL_URL!)).toBe(true);
    await close();
    expect(await answersNow(mysql, addresses.MYSQL_URL!)).toBe(false);
  });
});
