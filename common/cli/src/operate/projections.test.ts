import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { aggregate, type EventSourced, Projection, projection, UnitOfWork, type Repository } from 'saga-kit';
import { ContainerModule, createsTable, integer, key, service, table, UnitsOfWork } from 'saga-kit/service';
import { embeddedSettings, settingsFrom, startEmbedded } from 'saga-kit/tools';
import { gateway } from '../gateway/gateway';
import { projections } from './projections';

type Counted = Readonly<{ type: 'Counted'; by: number }>;
type Total = Readonly<{ id: string; total: number }>;
abstract class CountWork extends UnitOfWork<{ counters: EventSourced<number, Counted> }> {}
abstract class TotalWork extends UnitOfWork<{ totals: Repository<Total> }> {}
const counter = aggregate({ name: 'counter', initial: 0, evolve: (sum: number, { by }: Counted) => sum + by });
const totalTable = table<Total>('totals', { id: key(36), total: integer });
const refusesAbove = { total: 1_000 };
const totals = projection('totals', TotalWork, [counter], {
  counter: {
    Counted: async ({ id, event: { by } }, ports) => {
      const total = ((await ports.totals.get(id))?.total ?? 0) + by;
      if (total > refusesAbove.total) throw new Error('that is too much');
      ports.totals.put({ id, total });
    },
  },
});
const counting = service({
  name: 'counting',
  migrations: [createsTable('counting-001-totals', totalTable)],
  bindings: new ContainerModule(({ bind }) => {
    bind(CountWork).toResolvedValue((works) => works.of(CountWork, { counters: counter }), [UnitsOfWork]);
    bind(TotalWork).toResolvedValue((works) => works.of(TotalWork, { totals: totalTable }), [UnitsOfWork]);
    bind(Projection).toConstantValue(totals);
  }),
});
const other = service({ name: 'other', migrations: [], bindings: new ContainerModule(() => {}) });
const token = 'the token of the operators';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  refusesAbove.total = 1_000;
  for (const close of closers.splice(0).reverse()) await close();
});

/** Two services, each behind a gateway as processes of their own are. */
async function aSystem(ADMIN_TOKEN?: string) {
  const urls: string[] = [];
  const works: { run(by: number): Promise<void>; total(): Promise<number | undefined> }[] = [];
  for (const literal of [counting, other]) {
    const DATA_DIR = await mkdtemp(join(tmpdir(), 'saga-kit-'));
    closers.push(() => rm(DATA_DIR, { recursive: true }));
    const env = { DATA_DIR, PORT: '0', LOG_LEVEL: 'silent', ...(ADMIN_TOKEN && { ADMIN_TOKEN }) };
    const system = await startEmbedded([literal], settingsFrom(embeddedSettings, env), console.error);
    closers.push(() => system.stop());
    urls.push(system.url);
    const { container } = system.services[0]!;
    const count = (by: number) =>
      container.get(CountWork).run(async ({ counters }) => {
        await counters.get('a');
        counters.append('a', [{ type: 'Counted', by }]);
      });
    const total = () => container.get(TotalWork).read(async (ports) => (await ports.totals.get('a'))?.total);
    works.push({ run: count, total });
  }
  const served = urls.map((url, index) => ({ name: [counting, other][index]!.name, urls: () => [url] }));
  const front = await gateway(served, { host: '127.0.0.1', port: 0, title: 'Counts' });
  closers.push(() => front.close());
  return { url: front.url, direct: urls[0]!, counting: works[0]! };
}

async function typed(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const said: string[] = [];
  const hints: string[] = [];
  const terminal = { env, say: (text: string) => said.push(text), hint: (text: string) => hints.push(text) };
  const code = await projections(args, terminal);
  return { code, said: said.join('\n'), hints: hints.join('\n') };
}

const statusOf = (url: string, headers: Record<string, string> = {}) =>
  new Promise<number | undefined>((resolve, reject) =>
    request(url, { method: 'POST', headers }, (answer) => resolve(answer.resume().statusCode))
      .on('error', reject)
      .end(),
  );

test('a projection is rebuilt behind a gateway, and the command waits until it has caught up', async () => {
  const { url, counting } = await aSystem();
  for (let count = 0; count < 30; count++) await counting.run(2);
  const { code, said } = await typed(['rebuild', 'totals', '--url', url, '--json']);
  expect(code).toBe(0);
  expect(JSON.parse(said)).toEqual({
    projections: [{ service: 'counting', name: 'totals', phase: 'running', position: 30, behind: 0, failure: null }],
  });
  expect(await counting.total()).toBe(60);
  const list = await typed(['list', '--url', url]);
  expect(list).toMatchObject({
    code: 0,
    said: expect.stringMatching(/^service +projection.*\ncounting +totals +running +30 +0$/),
  });
});

test('one that cannot go on is said to, with an exit code of its own', async () => {
  const { url, counting } = await aSystem();
  refusesAbove.total = 0;
  await counting.run(1);
  expect(await typed(['rebuild', 'totals', '--url', url])).toMatchObject({
    code: 1,
    hints: expect.stringMatching(/totals cannot go on: at counter\/a\/0000000001 .*that is too much/),
  });
});

test('where there is a token, nobody is answered without it, behind a gateway or not', async () => {
  const { url, direct } = await aSystem(token);
  for (const at of [url, direct]) {
    expect(await typed(['list', '--url', at])).toMatchObject({
      code: 1,
      hints: expect.stringContaining('ADMIN_TOKEN'),
    });
    expect(await typed(['list', '--url', at], { ADMIN_TOKEN: 'another' })).toMatchObject({ code: 1 });
    expect(await typed(['rebuild', 'totals', '--url', at], { ADMIN_TOKEN: token })).toMatchObject({ code: 0 });
    expect((await fetch(`${at}/admin/services/counting/projections`)).headers.get('www-authenticate')).toBe(
      'Bearer realm="admin"',
    );
  }
});

test('without a token a gateway is no way around: who is not on this machine stays outside', async () => {
  const { url } = await aSystem();
  const rebuild = `${url}/admin/services/counting/projections/totals/rebuild`;
  expect(await statusOf(rebuild)).toBe(202);
  for (const headers of [
    { 'X-Forwarded-For': '203.0.113.7' },
    { Origin: 'https://far.example' },
    { Host: 'far.example' },
    { Forwarded: 'for=203.0.113.7' },
  ])
    expect([headers, await statusOf(rebuild, headers)]).toEqual([headers, 403]);
});

test('what is wrong is said: a name, a word, an address', async () => {
  const { url } = await aSystem();
  expect(await typed(['rebuild', 'nobody', '--url', url])).toMatchObject({
    code: 1,
    hints: expect.stringContaining('there is no projection nobody'),
  });
  for (const args of [[], ['rebuild'], ['drop'], ['list', 'totals'], ['list', '--url', 'here']])
    expect((await typed(args)).code).toBe(2);
  expect((await typed(['list', '--url', 'http://127.0.0.1:9'])).code).toBe(3);
  expect((await typed(['--help'])).code).toBe(0);
});
