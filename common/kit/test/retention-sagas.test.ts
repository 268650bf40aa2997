import { saga } from 'saga-kit';
import { stub } from 'saga-kit/testing';
import { dayMs, kept, monthly, PurgingWorld, roundMs } from './a-purging-world';
import { aShipping, Carry, ended, Parcel, ShippingWork } from './a-shipping';
import { Pack, Unpack } from './a-shop';

let on: PurgingWorld;
beforeEach(() => {
  on = new PurgingWorld();
  ended.splice(0);
});
afterEach(() => on.close());

const ada = { who: 'Ada', reason: 'it has been long enough' };
const act = (verb: 'retry' | 'compensate' | 'skip' | 'abandon') =>
  on.world.service('shipping').operators.sagas.act(verb, 'SHIPPING', 'a', ada, { reply: { item: 'a', count: 1 } });

async function aForgottenSaga(): Promise<void> {
  await on.open(monthly, kept(7), aShipping(), stub('shop', [Pack, Unpack]), stub('carrier', [Carry]));
  on.broker.loses = ({ topic }) => topic === Carry.topic;
  await on.begin('a');
  await on.world.settled();
  await on.passDays(40);
  await on.world.settled();
  on.broker.loses = () => false;
}

test('a saga that is older than what its participants remember is not asked again, and needs an operator, who may abandon it and do nothing else', async () => {
  await aForgottenSaga();
  expect(on.world.log.filter((name) => name === 'Carry')).toEqual([]);
  expect(await on.world.service('shipping').operators.sagas.list({ needsOperator: true }, 10)).toHaveLength(1);
  for (const verb of ['retry', 'compensate', 'skip'] as const)
    expect(await act(verb)).toMatchObject({
      outcome: 'refused',
      detail: expect.stringMatching(
        /^saga SHIPPING\/a began on .* is remembered since .* only \(RETENTION_INBOX_DAYS\)/,
      ),
    });
  expect(await act('abandon')).toMatchObject({ outcome: 'would' });
});

test('a saga that is older than what its participants remember is not compensated by a late refusal: that is parked', async () => {
  const carrier = stub('carrier', [Carry], [{ command: 'Carry', refuse: 'TOO_HEAVY' }]);
  await on.open(monthly, kept(7), aShipping(), stub('shop', [Pack, Unpack]), carrier);
  const late: { topic: string; key: Buffer; value: Buffer }[] = [];
  on.broker.loses = ({ topic, key, value }) => {
    if (topic !== Carry.reply.topic) return false;
    late.push({ topic, key: Buffer.from(key), value });
    return true;
  };
  await on.begin('a');
  await on.world.pass(1_000);
  on.world.clock.goTo(on.world.clock.now().getTime() + 40 * dayMs);
  on.world.put(late[0]!);
  await on.world.pass(roundMs);
  expect(on.world.log).toContain('TOO_HEAVY');
  expect(on.world.log).not.toContain('Unpack');
  expect(await on.world.service('shipping').operators.parked.list({}, 10)).toMatchObject([
    { reason: 'unprocessable', error: expect.stringContaining('RETENTION_INBOX_DAYS') },
  ]);
  expect(await on.rowsOf('shipping')).toMatchObject({ kit_sagas: 1, kit_parked: 1 });
});

test('a saga that is older than what its participants remember still goes on when its answer comes', async () => {
  await aForgottenSaga();
  const causationId = 'SHIPPING/a/Carry';
  await on.world.send(Carry.reply.of({ item: 'a', count: 1 }), { target: 'SHIPPING', txId: 'a', id: 'l', causationId });
  await on.world.settled();
  expect(ended).toHaveLength(1);
});

test('a saga that is older than what its participants remember cannot be cancelled any more', async () => {
  const cancellable = saga({
    name: 'SHIPPING',
    state: Parcel,
    cancellations: ['CHANGED_MIND'],
    compensatable: [{ do: Pack, undo: Unpack, deadlineMs: 8 * dayMs }],
    pivot: { do: Carry },
  });
  const days = { inbox: 60, sagas: 0, parked: 0 };
  await on.open(days, kept(7), aShipping(cancellable), stub('shop', [Pack, Unpack]), stub('carrier', [Carry]));
  on.broker.loses = ({ topic }) => topic === Pack.topic;
  await on.begin('a');
  await on.world.pass(1_000);
  on.world.clock.goTo(on.world.clock.now().getTime() + 70 * dayMs);
  const cancelled = on.world
    .work('shipping', ShippingWork)
    .run(({ sagas }) => sagas.cancel(cancellable, 'a', 'CHANGED_MIND'));
  expect(await cancelled).toBe('TOO_LATE');
  await on.world.pass(roundMs);
  expect(on.world.log).not.toContain('Unpack');
});
