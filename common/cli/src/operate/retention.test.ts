import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { command, dispatcher, event, UnitOfWork } from 'saga-kit';
import { ContainerModule, MessageHandler, service, UnitsOfWork } from 'saga-kit/service';
import { embeddedSettings, settingsFrom, startEmbedded } from 'saga-kit/tools';
import { gateway } from '../gateway/gateway';
import { audit } from './audit';
import { retention } from './retention';

const fields = [{ name: 'orderId', type: 'string' }] as const;
const part = { type: 'record', namespace: 'pay', fields } as const;
const Paid = event({ ...part, name: 'Paid', topic: 'paid' });
const Pay = command({ ...part, name: 'Pay', topic: 'pay', reply: Paid, refusals: [] });
abstract class PayWork extends UnitOfWork<{}> {}

const till = service({
  name: 'till',
  migrations: [],
  bindings: new ContainerModule(({ bind }) => {
    bind(PayWork).toResolvedValue((unitsOfWork) => unitsOfWork.of(PayWork, {}), [UnitsOfWork]);
    const handlers = {
      Pay: async ({ message }: { readonly message: { readonly orderId: string } }) => Paid.of(message),
    };
    bind(MessageHandler).toConstantValue(dispatcher([Pay], PayWork, handlers));
  }),
});

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** A service in one process behind a gateway. */
async function aSystem(settings: NodeJS.ProcessEnv = {}): Promise<string> {
  const DATA_DIR = await mkdtemp(join(tmpdir(), 'saga-kit-'));
  closers.push(() => rm(DATA_DIR, { recursive: true }));
  const env = { DATA_DIR, PORT: '0', LOG_LEVEL: 'silent', ...settings };
  const system = await startEmbedded([till], settingsFrom(embeddedSettings, env), console.error);
  closers.push(() => system.stop());
  const front = await gateway([{ name: 'till', urls: () => [system.url] }], {
    host: '127.0.0.1',
    port: 0,
    title: 'Till',
  });
  closers.push(() => front.close());
  return front.url;
}

async function typed(run: typeof retention, args: readonly string[]) {
  const said: string[] = [];
  const hints: string[] = [];
  const terminal = { env: {}, say: (text: string) => said.push(text), hint: (text: string) => hints.push(text) };
  const code = await run(args, terminal);
  return { code, said: said.join('\n'), hints: hints.join('\n') };
}

test('what is kept is listed, of each service and table', async () => {
  const url = await aSystem({ RETENTION_INBOX_DAYS: '30' });
  const { code, said } = await typed(retention, ['list', '--url', url]);
  expect(code).toBe(0);
  expect(said).toMatch(/^service +table +rows +oldest +days +old enough +purged +last$/m);
  expect(said).toMatch(/^till +kit_inbox +0 +30 +0 +0$/m);
  expect(said).toMatch(/^till +kit_sagas +0 +for good +0 +0$/m);
  const json = await typed(retention, ['list', '--service', 'till', '--url', url, '--json']);
  expect(JSON.parse(json.said)).toMatchObject({
    services: [{ service: 'till', remembersSince: expect.any(String), kinds: { length: 4 } }],
  });
});

test('a purge is described first, and done with --yes, and is noted', async () => {
  const url = await aSystem({ RETENTION_INBOX_DAYS: '30' });
  const purge = ['purge', '--reason', 'the disk is full', '--url', url];
  expect(await typed(retention, purge)).toEqual({
    code: 0,
    said: 'till: it purges up to 0 sagas with their history, 0 rows of late answers and events, 0 rows of the inbox and 0 parked messages, step by step',
    hints: 'nothing is done: add --yes to do it',
  });
  let done = await typed(retention, [...purge, '--yes']);
  for (let tries = 0; tries < 5 && done.code === 1; tries++) {
    expect(done.hints).toMatch(/^till: the service has not read yet what waits for it/); // it was started just now
    done = await typed(retention, [...purge, '--yes']);
  }
  expect(done).toMatchObject({ code: 0, said: expect.stringMatching(/^till: it has purged 0 sagas .*, and is done$/) });
  const noted = await typed(audit, ['--url', url]);
  expect(noted.said).toMatch(/ purge +till +what is kept +the disk is full$/m);
}, 60_000);

test('where everything is kept for good, a purge is refused', async () => {
  const url = await aSystem();
  expect(await typed(retention, ['purge', '--reason', 'why not', '--yes', '--url', url])).toMatchObject({
    code: 1,
    hints: expect.stringMatching(/^till: everything is kept for good: set one of RETENTION_/),
  });
  expect(await typed(retention, ['purge', '--reason', 'why not', '--url', url])).toEqual({
    code: 1,
    said: '',
    hints: expect.stringMatching(/^till: everything is kept for good: .*$/), // and not what --yes would do
  });
  expect(await typed(retention, ['list', '--service', 'nobody', '--url', url])).toMatchObject({ code: 1 });
});

test.each([
  [[], 2],
  [['drop'], 2],
  [['purge'], 2],
  [['list', 'inbox'], 2],
  [['list', '--url', 'http://127.0.0.1:9'], 3],
  [['--help'], 0],
])('%j ends with %i', async (args, code) => {
  expect((await typed(retention, args)).code).toBe(code);
});
