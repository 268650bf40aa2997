import { randomUUID } from 'node:crypto';
import { audit } from '@saga-kit/cli/internal/operate/audit';
import { parked } from '@saga-kit/cli/internal/operate/parked';
import { sagas } from '@saga-kit/cli/internal/operate/sagas';
import { saga, Unprocessable, type Message, type UnitOfWork } from 'saga-kit';
import type { ServiceLiteral } from 'saga-kit/service';
import { sagaTable, type RunningService, type Stores } from 'saga-kit/runtime';
import { stub } from 'saga-kit/testing';
import { aShipping, Carry, ended, Parcel, ShippingWork } from '../../common/kit/test/a-shipping';
import { aShop, Pack, Unpack } from '../../common/kit/test/a-shop';
import { load, upserts } from '../../common/kit/src/conformance/transacting';
import { attemptsMax } from '../../common/kit/src/saga';
import { firing } from './alert-rules';
import { typed } from './on-call';

/** Services that somebody is on call for. */
export interface OnCallSystem {
  /** Where the routes of those that run are. */
  readonly url: string;
  /** What they have logged. */
  readonly log: readonly string[];
  start(literal: ServiceLiteral): Promise<RunningService>;
  stores(service: string): Promise<Stores>;
  /** Sends a message as if a service had; `again` sends the same bytes once more. */
  send(message: Message, process: { target: string; txId: string; id: string }): Promise<{ again(): Promise<void> }>;
  /** Lets time pass until a fact has come about. */
  until(what: string, fact: () => Promise<boolean>): Promise<void>;
}

const run = randomUUID().slice(0, 8);
const parcel = { item: 'x', count: 1 };
const reason = 'the shop is gone for good';
const shipping = saga({
  name: 'SHIPPING',
  state: Parcel,
  cancellations: ['BORED'],
  compensatable: [{ do: Pack, undo: Unpack, deadlineMs: 3_600_000 }],
  pivot: { do: Carry },
});
let bug = false;
const shop = aShop((item) => {
  if (bug && item === 'bad') throw new Unprocessable('a bug');
});
const carrier = stub('carrier', [Carry]);

/** All that takes part. */
export const participants: readonly ServiceLiteral[] = [aShipping(shipping), shop.literal, carrier];

/** A saga whose participant is gone for good is ended by each verb, and a line that a bug has parked is replayed. */
export async function expectStuckEnds(system: OnCallSystem): Promise<void> {
  ended.splice(0);
  const [literal] = participants;
  const manager = await system.start(literal!);
  const told = teller(system);
  await told.begin(manager, 'skip', 'compensate', 'cancel', 'abandon', 'retry');
  for (const each of await told.items('sagas', 'list'))
    expect(each.why).toMatch(/^Pack was asked once on shop; it waits/);
  await told.act('skip', 'skip', '--reply', JSON.stringify(parcel));
  await expectSeen(system, manager, told);
  await expectRaceLost(system, told);
  for (const [name, ...verb] of [['compensate'], ['cancel', '--code', 'BORED']] as const) {
    await told.act(name, name, ...verb);
    await told.act('skip', name, '--reply', JSON.stringify(parcel));
  }
  await told.act('abandon', 'abandon');
  await told.act('retry', 'retry');
  await Promise.all([system.start(shop.literal), system.start(carrier)]);
  await system.until(
    'all have ended',
    async () => (await told.items('sagas', 'list', '--status', 'running')).length === 0,
  );
  const end = (text: string) => `${text} ${JSON.stringify(parcel)}`;
  const wanted = [
    ...['approved', 'approved', 'Pack COMPENSATED_BY_OPERATOR', 'Pack BORED', 'Pack ABANDONED_BY_OPERATOR'].map(end),
  ];
  expect([...ended].sort()).toEqual(wanted.sort());
  await expect(told.act('retry', 'abandon')).rejects.toThrow('it has ended: it is rejected');
  const acts = await told.acts();
  expect(acts.filter(({ subject }) => subject.startsWith('saga ')).map(({ verb }) => verb)).toEqual([
    ...['skip', 'skip', 'compensate', 'skip', 'cancel', 'skip', 'abandon', 'retry'],
  ]);
}

/** In a list, in the log, in the metrics, and by an alert. */
async function expectSeen(system: OnCallSystem, manager: RunningService, told: Told): Promise<void> {
  await system.until(
    'Carry is awaited',
    async () => (await told.items('sagas', 'list', '--step', 'Carry')).length === 1,
  );
  await askOften(await system.stores('shipping'), told.id('skip'));
  const needy = () => told.items('sagas', 'list', '--needs-operator', 'true');
  await system.until('it needs an operator', async () => (await needy()).length === 1);
  expect((await needy())[0]!.why).toContain('nobody has answered: bring its participant back and retry');
  const said = 'there were enough attempts without an answer: the saga needs an operator';
  await system.until('the log says so', async () => system.log.includes(said));
  manager.metrics.ready(manager.health().ready);
  await system.until('it is counted', async () => (await firing(manager.metrics)).includes('SagaKitSagaNeedsOperator'));
}

/** As if it had been asked for once less than often enough, and the wait was over. */
async function askOften({ database }: Stores, id: string): Promise<void> {
  const session = await database.open('a-test');
  const [row] = await load(session, sagaTable, [id]);
  await session.commit(1, upserts(sagaTable, { ...row!, attempts: attemptsMax - 1, dueAt: new Date(1) }), []);
  await session.close();
}

/** Who has seen it as it was is told how it is, and does nothing. */
async function expectRaceLost({ url }: OnCallSystem, told: Told): Promise<void> {
  const post = async (body: object) => {
    const path = `${url}/admin/services/shipping/sagas/${told.id('skip')}/abandon`;
    const headers = { 'Content-Type': 'application/json' };
    return fetch(path, { method: 'POST', headers, body: JSON.stringify({ who: 'Ben', reason, ...body }) });
  };
  const { version } = (await (await post({})).json()) as { version: string };
  await told.act('skip', 'skip', '--reply', JSON.stringify(parcel));
  const late = await post({ version });
  expect([late.status, await late.text()]).toEqual([409, expect.stringContaining('it is completed at Carry since')]);
}

/** After the sagas: their services run. */
export async function expectLineReplayed(system: OnCallSystem, service: () => RunningService): Promise<void> {
  const told = teller(system);
  const txId = `line-${run}`;
  const [from, key] = [shop.handled.length, `shop|${txId}`];
  bug = true;
  const send = (item: string, name: string) =>
    system.send(Pack.of({ item, count: 1 }), { target: name, txId, id: `${name}/${txId}/Pack` });
  const head = await send('bad', 'one');
  for (const name of ['two', 'three']) await send(name, name);
  const line = () => told.items('parked', 'list', '--ordering-key', key);
  await system.until('the line is parked', async () => (await line()).length === 3);
  const said = 'a message is parked: mend its handler';
  await system.until('the log says so', async () => system.log.some((each) => each.startsWith(said)));
  await system.until('it is counted', async () => (await firing(service().metrics)).includes('SagaKitParked'));
  const why = ['--reason', 'it is mended', '--who', 'Ada', '--yes', '--url', system.url];
  const id = (name: string) => `shop/${name}/${txId}/Pack`;
  await expect(typed(parked, 'replay', id('two'), ...why)).rejects.toThrow(`it is behind another one of ${key}`);
  await expectReplayLost(system, id('one'), async () => {
    await head.again();
    await system.until('it has come again', async () => (await line()).some(({ times }) => times === 2));
  });
  bug = false;
  expect(await typed(parked, 'replay', '--ordering-key', key, ...why)).toBe('replay of 1 messages is done');
  await system.until('the line is handled', async () => (await line()).length === 0);
  await head.again();
  await send('last', 'last');
  await system.until('what comes afterwards is handled', async () => shop.handled.includes('last'));
  expect([...new Set(shop.handled.slice(from))]).toEqual(['bad', 'two', 'three', 'last']); // what came again was begun, and undone
  const { reader } = await system.stores('shop');
  const stock: unknown[] = await reader.query((knex) => knex('parcels').where({ tx_id: txId }).pluck('count'));
  expect(stock.map(Number)).toEqual([4]);
  const replays = (await told.acts()).filter(({ subject }) => subject === `parked ${id('one')}`);
  expect(replays).toMatchObject([{ who: 'Ada', verb: 'replay', reason: 'it is mended', txId }]);
  const { acts } = (await (await fetch(`${system.url}/stories/${txId}`)).json()) as { acts: unknown[] };
  expect(acts).toMatchObject([{ verb: 'replay', service: 'shop' }]);
}

async function expectReplayLost({ url }: OnCallSystem, id: string, moves: () => Promise<void>): Promise<void> {
  const post = async (body: object) => {
    const path = `${url}/admin/services/shop/parked/${encodeURIComponent(id)}/replay`;
    const headers = { 'Content-Type': 'application/json' };
    return fetch(path, { method: 'POST', headers, body: JSON.stringify({ who: 'Ben', reason, ...body }) });
  };
  const { version } = (await (await post({})).json()) as { version: string };
  await moves();
  const late = await post({ version });
  expect([late.status, await late.text()]).toEqual([409, expect.stringContaining('it was parked 2 times')]);
}

type Told = ReturnType<typeof teller>;

/** Types the commands of whoever is on call. */
function teller(system: OnCallSystem) {
  const { url } = system;
  const id = (name: string) => `SHIPPING/${name}-${run}`;
  const items = async (what: 'sagas' | 'parked', ...args: readonly string[]) => {
    const text = await typed(what === 'sagas' ? sagas : parked, ...args, '--json', '--url', url);
    return (JSON.parse(text) as { items: { why: string; times: number }[] }).items;
  };
  return {
    id,
    items,
    act: (verb: string, name: string, ...more: readonly string[]) =>
      typed(sagas, verb, id(name), '--reason', reason, '--who', 'Ada', '--yes', '--url', url, ...more),
    /** Oldest first. */
    acts: async () => {
      const { items } = JSON.parse(await typed(audit, '--json', '--url', url)) as {
        items: { verb: string; subject: string }[];
      };
      return items.reverse();
    },
    begin: async ({ container }: RunningService, ...names: readonly string[]) => {
      const work = container.get<UnitOfWork<{}>>(ShippingWork);
      for (const name of names) await work.run((ports) => ports.sagas.begin(shipping, `${name}-${run}`, parcel));
      await system.until('all of them wait', async () => (await items('sagas', 'list')).length === names.length);
    },
  };
}
