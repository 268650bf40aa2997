import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { command, dispatcher, event, orchestrator, record, saga, UnitOfWork } from 'saga-kit';
import { ContainerModule, MessageHandler, service, UnitsOfWork } from 'saga-kit/service';
import { embeddedSettings, settingsFrom, startEmbedded } from 'saga-kit/tools';
import { gateway } from '../src/gateway/gateway';
import type { sagas } from '../src/operate/sagas';

export const fields = [{ name: 'orderId', type: 'string' }] as const;
export const part = { type: 'record', namespace: 'pay', fields } as const;
export const Paid = event({ ...part, name: 'Paid', topic: 'paid' });
export const Pay = command({ ...part, name: 'Pay', topic: 'pay', reply: Paid, refusals: [] });
export const Sale = record({ ...part, name: 'Sale' });
export const selling = saga({ name: 'SALE', state: Sale, compensatable: [{ do: Pay, undo: 'nothing' }] });
export abstract class SaleWork extends UnitOfWork<{}> {}
export abstract class PayWork extends UnitOfWork<{}> {}
export const bug = { there: true };
export const ends: string[] = [];

export const shop = service({
  name: 'shop',
  migrations: [],
  bindings: new ContainerModule(({ bind }) => {
    bind(SaleWork).toResolvedValue((unitsOfWork) => unitsOfWork.of(SaleWork, {}), [UnitsOfWork]);
    const completed = async ({ orderId }: { orderId: string }) => void ends.push(`${orderId} completed`);
    const rejected = async ({ orderId }: { orderId: string }) => void ends.push(`${orderId} rejected`);
    bind(MessageHandler).toConstantValue(orchestrator(selling, SaleWork, { completed, rejected }));
  }),
});
export const till = service({
  name: 'till',
  migrations: [],
  bindings: new ContainerModule(({ bind }) => {
    bind(PayWork).toResolvedValue((unitsOfWork) => unitsOfWork.of(PayWork, {}), [UnitsOfWork]);
    const handlers = {
      Pay: async ({ message }: { readonly message: { readonly orderId: string } }) => {
        if (bug.there) throw new TypeError('a bug');
        return Paid.of(message);
      },
    };
    bind(MessageHandler).toConstantValue(dispatcher([Pay], PayWork, handlers));
  }),
});

export const closers: (() => unknown)[] = [];

/** Ends what a test has begun. */
export async function closed(): Promise<void> {
  bug.there = true;
  ends.splice(0);
  for (const close of closers.splice(0).reverse()) await close();
}

/** A sale whose payment has met a bug, in one process behind a gateway. */
export async function aSystem(ADMIN_TOKEN?: string) {
  const DATA_DIR = await mkdtemp(join(tmpdir(), 'saga-kit-'));
  closers.push(() => rm(DATA_DIR, { recursive: true }));
  const env = { DATA_DIR, PORT: '0', LOG_LEVEL: 'silent', ...(ADMIN_TOKEN && { ADMIN_TOKEN }) };
  const system = await startEmbedded([shop, till], settingsFrom(embeddedSettings, env), console.error);
  closers.push(() => system.stop());
  const served = ['shop', 'till'].map((name) => ({ name, urls: () => [system.url] }));
  const front = await gateway(served, { host: '127.0.0.1', port: 0, title: 'Sales' });
  closers.push(() => front.close());
  const work = system.services[0]!.container.get(SaleWork);
  await work.run((ports) => ports.sagas.begin(selling, 'o-1', { orderId: 'o-1' }));
  return front.url;
}

export async function typed(run: typeof sagas, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const said: string[] = [];
  const hints: string[] = [];
  const terminal = { env, say: (text: string) => said.push(text), hint: (text: string) => hints.push(text) };
  const code = await run(args, terminal);
  return { code, said: said.join('\n'), hints: hints.join('\n') };
}
