import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { Child } from './child';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'child-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const ready = "process.send({ ready: 'http://somewhere' });";

function aChild(program: string) {
  const file = join(folder, 'program.js');
  writeFileSync(file, program);
  const said: string[] = [];
  return { child: new Child({ file, env: {}, says: (line) => void said.push(line) }), said };
}

const until = async (fact: () => boolean) => {
  for (let tries = 0; !fact(); tries++) {
    if (tries === 1_000) throw new Error('waited in vain');
    await setTimeout(10);
  }
};

test('a program that ends by itself once it is ready says so', async () => {
  const { child, said } = aChild(`console.log(process.pid); ${ready} setInterval(() => {}, 1_000);`);
  await child.start();
  await until(() => said.length === 1);
  const pid = said[0]!;
  process.kill(Number(pid), 'SIGKILL');
  await until(() => said.length === 2);
  expect(said[1]).toBe('it has ended by itself (SIGKILL)');
  expect(child.died).toBe(`it has ended by itself (SIGKILL):\n${pid}`);
  expect(child.running).toBe(false);
});

test('one that is told to end says nothing about it', async () => {
  const { child, said } = aChild(`${ready} setInterval(() => {}, 1_000);`);
  await child.start();
  await child.stop();
  expect(said).toEqual([]);
  expect(child.died).toBeUndefined();
});

test('one that ends before it is ready is an error with what it has said', async () => {
  const { child } = aChild("console.error('no such host'); process.exitCode = 1;");
  await expect(child.start()).rejects.toThrow(/^it has ended at its start \(1\):/);
});
