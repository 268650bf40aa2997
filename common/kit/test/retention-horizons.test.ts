import { kept, monthly, PurgingWorld, roundMs } from './a-purging-world';
import { aShipping } from './a-shipping';
import { aShop, Pack } from './a-shop';

let on: PurgingWorld;
beforeEach(() => {
  on = new PurgingWorld();
});
afterEach(() => on.close());

const pack = { target: 'T', txId: 'a' };
const one = Pack.of({ item: 'a', count: 1 });

test.each([
  ['inbox', 15, 7, /^RETENTION_INBOX_DAYS has to be at least 15, or 0 to purge nothing, and not 14: topic "?\w+"? may/],
  ['sagas', 38, 30, /^RETENTION_SAGAS_DAYS has to be at least 38, .* and not 37: topic carried may .* 30 days \(ret/],
  ['parked', 15, 7, /^RETENTION_PARKED_DAYS has to be at least 15, .* and not 14: /],
])('a horizon of the %s that is too short is refused at the start', async (what, needed, keptDays, fault) => {
  const days = (horizon: number) => ({ inbox: 0, sagas: 0, parked: 0, [what]: horizon });
  await expect(on.open(days(needed - 1), kept(keptDays), aShipping())).rejects.toThrow(fault);
  await on.open(days(needed), kept(keptDays), aShipping());
  expect(on.said).toEqual([]);
});

test('topics that keep their records for good let nothing be purged', async () => {
  await expect(on.open(monthly, kept(Infinity, 'retention.ms=-1'), aShipping())).rejects.toThrow(
    /^RETENTION_INBOX_DAYS has to be 0, and not 30: topic carried may hand a record over again for ever \(retention.ms=-1\)/,
  );
});

test('topics of which it is not known are warned of', async () => {
  await on.open(monthly, (topic) => kept(topic === 'carried' ? undefined : 7, 'not permitted')(topic), aShipping());
  expect(on.said).toEqual([
    expect.stringMatching(/^warn: it is not known for how long.*"topic":"carried","reason":"not permitted"/),
  ]);
});

test('a horizon that is too short for the retries alone is refused without a word on what is not known of topics', async () => {
  const days = { inbox: 7, sagas: 0, parked: 0 };
  await expect(on.open(days, kept(undefined), aShipping())).rejects.toThrow(
    /^RETENTION_INBOX_DAYS has to be at least 8, or 0 to purge nothing, and not 7: nobody says for how long topics keep/,
  );
});

test('when a topic is made to keep its records for longer, nothing is purged any more, and that is said once', async () => {
  const shop = aShop();
  await on.open(monthly, kept(7), shop.literal);
  const record = await on.world.send(one, pack);
  await on.world.settled();
  on.broker.kept = kept(60);
  await on.passDays(40);
  await on.world.pass(2 * roundMs);
  expect((await on.rowsOf('shop'))['kit_inbox']).toBe(1);
  expect(on.said.filter((line) => line.startsWith('error'))).toEqual([
    expect.stringMatching(/^error: nothing is purged any more .*RETENTION_INBOX_DAYS has to be at least/),
  ]);
  on.world.put(record);
  await on.world.settled();
  expect(await on.packed()).toEqual({ a: 1 });
});
