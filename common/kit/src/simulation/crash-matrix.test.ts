import { aPurchase } from '../../test/a-purchase';
import { crashMatrix, crashRun, type EndingSeen } from '.';

const refused = aPurchase(1_000, 'TOO_MUCH');
const options = { seed: 1, instances: 1 };

test('a purchase ends as it has to, whoever dies at any boundary, and dies again while it recovers', async () => {
  const matrix = await crashMatrix([refused], { ...options, pairs: 10 });
  expect(matrix.failures).toEqual([]);
  const [{ boundaries, runs, pairs }] = matrix.endings as [EndingSeen];
  expect([runs, pairs]).toEqual([2 * boundaries, 10]); // one dies, and all die
  const regular = matrix.kinds.filter(({ isRegular }) => isRegular);
  expect(regular.filter(({ deaths }) => deaths === 0)).toEqual([]);
  expect(regular.map(({ service, what }) => `${service} ${what}`)).toEqual(
    expect.arrayContaining([
      'bank broker: publish → bank-to-shop',
      'bank offsets: commit',
      'bank outbox: acknowledge',
      'bank transaction: commit accounts kit_inbox → bank-to-shop',
      'shop transaction: commit kit_sagas → shop-to-bank',
    ]),
  );
}, 180_000);

test('the same deaths are the same run', async () => {
  const crashes = [
    { boundary: 3, all: false },
    { boundary: 4, all: true },
  ];
  const [one, other] = [await crashRun(refused, crashes, options), await crashRun(refused, crashes, options)];
  expect(one.deaths).toHaveLength(2);
  expect(one.digest).toBe(other.digest);
});

test('who dies in the middle of its recovery, its place in the group taken and not known to it, comes back', async () => {
  const first = { boundary: 2, all: false };
  const { actions, deaths } = await crashRun(refused, [first], options);
  const subscribed = actions.slice(deaths[0]!.after).findIndex(({ what }) => what === 'broker: subscribe');
  const { violations } = await crashRun(refused, [first, { boundary: subscribed + 1, all: false }], options);
  expect(violations).toEqual([]);
});

test('who dies is said, and so is what does not hold', async () => {
  const wrong = { ...aPurchase(10, 'PAID'), act: async () => async () => ['the sun does not shine'] };
  const { violations } = await crashRun(wrong, [], options);
  expect(violations.map(({ message }) => message)).toEqual(['the sun does not shine']);
  await expect(crashMatrix([wrong], { ...options, pairs: 0 })).rejects.toThrow(
    'PAID does not end as it has to, though nobody dies: the sun does not shine',
  );
});
