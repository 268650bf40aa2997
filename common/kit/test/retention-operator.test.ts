import { stub } from 'saga-kit/testing';
import { inserts, look, write } from '../src/conformance/transacting';
import { inboxIdOf, inboxTable, keepsAll, type InboxRow } from '../src/runtime';
import { dayMs, kept, monthly, PurgingWorld } from './a-purging-world';
import { aShipping, Carry } from './a-shipping';
import { aShop } from './a-shop';

let on: PurgingWorld;
beforeEach(() => {
  on = new PurgingWorld();
});
afterEach(() => on.close());

const ada = { who: 'Ada', reason: 'the disk is full' };
const operators = (name: string) => on.world.service(name).operators;
/** A part of it takes some seconds. */
async function purge(name: string, version?: string) {
  const answer = operators(name).retention.purge({ ...ada, version });
  await on.world.pass(10_000);
  return answer;
}
/** All that there was is old enough by then, and was not when the last round began; the next one is minutes away. */
async function aMonthLater(): Promise<void> {
  on.world.clock.goTo(on.world.clock.now().getTime() + 30 * dayMs - 300_000);
  await on.world.pass(60_000);
  await on.world.pass(300_000);
}
const kindsOf = async (name: string) =>
  Object.fromEntries((await operators(name).retention.list()).kinds.map((each) => [each.kind, each]));

async function aFinishedSaga(): Promise<void> {
  await on.open(monthly, kept(7), aShipping(), aShop().literal, stub('carrier', [Carry]));
  await on.begin('a');
  await on.world.settled();
  await on.answerUnasked('a');
}

test('what is kept is told: how many rows, how old, for how long, and what was purged', async () => {
  await aFinishedSaga();
  const began = on.world.clock.now().getTime();
  const young = await kindsOf('shipping');
  expect(young['sagas']).toMatchObject({
    table: 'kit_sagas',
    setting: 'RETENTION_SAGAS_DAYS',
    days: 30,
    rows: 1,
    old: 0,
  });
  expect(young['history']).toMatchObject({ rows: 1, old: 0, purged: { rows: 0, at: null } });
  expect(young['parked']).toMatchObject({ rows: 0, oldest: null });
  await on.passDays(31);
  const { sagas, history } = await kindsOf('shipping');
  expect(sagas).toMatchObject({ rows: 0, oldest: null, old: 0, purged: { rows: 1 } });
  expect(history).toMatchObject({ rows: 0, purged: { rows: 1 } });
  expect(Date.parse(history!.purged.at!)).toBeGreaterThan(began + 30 * dayMs);
  const { remembersSince } = await operators('shop').retention.list();
  expect(Date.parse(remembersSince!)).toBeGreaterThan(began);
});

test('a purge says first how much would go, and then does it: one row of the audit says who, why and how much', async () => {
  await aFinishedSaga();
  await aMonthLater();
  const would = await purge('shipping');
  expect(would).toMatchObject({
    outcome: 'would',
    does: 'purges up to 1 sagas with their history, 1 rows of late answers and events, 0 rows of the inbox and 0 parked messages, step by step',
  });
  expect(await on.rowsOf('shipping')).toMatchObject({ kit_sagas: 1, kit_history: 1 });
  const done = await purge('shipping', 'version' in would ? would.version : '');
  expect(done).toEqual({
    outcome: 'done',
    does: 'has purged 1 sagas with their history, 1 rows of late answers and events, 0 rows of the inbox and 0 parked messages',
  });
  expect(await on.rowsOf('shipping')).toMatchObject({ kit_sagas: 0, kit_history: 0 });
  const facts = { sagas: 1, history: 1, inbox: 0, parked: 0 };
  expect(await operators('shipping').sagas.audit(10)).toMatchObject([
    { ...ada, verb: 'purge', subject: 'what is kept', before: facts, after: facts },
  ]);
});

test('a long purge stops after some seconds and goes on where it was, in the same row of the audit; what is younger than what was seen stays', async () => {
  await on.open(monthly, kept(7), aShop().literal);
  const stores = on.world.storesOf('shop');
  const now = on.world.clock.now();
  const rows = Array.from({ length: 22_000 }, (_, number) => received(`tx-${number}`, now));
  const younger = received('younger', new Date(now.getTime() + 90_000));
  await write(stores, inserts(inboxTable, ...rows, younger));
  await aMonthLater();
  const would = await purge('shop');
  await on.world.pass(60_000); // by now the younger one is old enough, too
  const first = await purge('shop', 'version' in would ? would.version : '');
  expect(first).toMatchObject({ outcome: 'done', version: expect.any(String) });
  const left = (await on.rowsOf('shop'))['kit_inbox']!;
  expect(left).toBeGreaterThan(1);
  expect(left).toBeLessThan(10_000);
  const version = ('version' in first && first.version) || '';
  expect(await purge('shop', version.replace(/^30/, '31'))).toMatchObject({ outcome: 'moved' }); // with other settings
  const last = await purge('shop', version);
  expect(last).toMatchObject({ does: expect.stringContaining('22000 rows of the inbox') });
  expect(last).not.toHaveProperty('version');
  expect(await look(stores, inboxTable, [younger.id])).toMatchObject([{ id: younger.id }]);
  expect((await on.rowsOf('shop'))['kit_inbox']).toBe(1);
  expect(await operators('shop').sagas.audit(10)).toMatchObject([{ verb: 'purge', after: { inbox: 22_000 } }]);
  expect(await purge('shop', `30-30-30~${now.getTime()}~nobody~inbox`)).toMatchObject({ outcome: 'unknown' });
});

test('nothing is purged by hand that may not be: too short a horizon, none, something not read yet, a version that was not seen', async () => {
  await aFinishedSaga();
  await aMonthLater();
  const before = await on.rowsOf('shipping');
  on.broker.kept = kept(60);
  expect(await purge('shipping')).toMatchObject({
    outcome: 'refused',
    detail: expect.stringMatching(/^RETENTION_INBOX_DAYS has to be at least 68/),
  });
  on.broker.kept = kept(7);
  const would = await purge('shipping');
  on.broker.hold();
  on.world.put(on.world.records().find(({ topic }) => topic === 'packed')!);
  expect(await purge('shipping', 'version' in would ? would.version : '')).toMatchObject({
    outcome: 'refused',
    detail: expect.stringContaining('not read yet'),
  });
  on.broker.release();
  await on.world.settled();
  const late = on.world.clock.now().getTime() + 40 * dayMs;
  for (const version of ['', 'x', `30-30-30~${late}`, `1-1-1~${on.world.clock.now().getTime()}`])
    expect(await purge('shipping', version)).toMatchObject({ outcome: 'moved' });
  expect(await on.rowsOf('shipping')).toEqual(before);
  await on.world.stop('shipping');
  on.days = keepsAll;
  await on.world.start(aShipping());
  expect(await purge('shipping')).toMatchObject({ outcome: 'refused', detail: expect.stringContaining('for good') });
  expect(await on.rowsOf('shipping')).toEqual(before);
});

test('where what waits to be read is on a paused topic, that topic is named', async () => {
  await aFinishedSaga();
  await aMonthLater();
  const { consumer } = operators('shipping');
  const paused = await consumer.act('pause', 'packed', ada);
  await consumer.act('pause', 'packed', { ...ada, version: 'version' in paused ? paused.version : '' });
  await on.world.pass(2_000);
  on.world.put(on.world.records().find(({ topic }) => topic === 'packed')!);
  await on.world.pass(2_000);
  const would = await purge('shipping');
  expect(await purge('shipping', 'version' in would ? would.version : '')).toEqual({
    outcome: 'refused',
    detail: 'its topic packed is paused, and what waits there it may have handled before: resume it first',
  });
});

const received = (txId: string, at: Date): InboxRow => ({
  ...{ id: inboxIdOf({ txId, id: 'm' }), outcome: 'answered', type: 'Pay', topic: 'payments', causationId: 'cause' },
  ...{ answerTopic: null, answerType: null, answer: null, at },
});
