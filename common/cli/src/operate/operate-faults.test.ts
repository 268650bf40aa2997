import { consumers } from './consumers';
import { parked } from './parked';
import { sagas } from './sagas';
import { aSystem, closed, typed } from '../../test/a-sale';

afterEach(closed);

test('what is wrong is said: the word, the name, the address, the token', async () => {
  const url = await aSystem('the token of the operators');
  const env = { ADMIN_TOKEN: 'the token of the operators' };
  expect(await typed(sagas, ['list', '--url', url])).toMatchObject({
    code: 1,
    hints: expect.stringContaining('ADMIN_TOKEN'),
  });
  expect(await typed(sagas, ['show', 'SALE/nobody', '--url', url], env)).toMatchObject({
    code: 1,
    hints: expect.stringMatching(/^none of shop, till has SALE\/nobody/),
  });
  expect(await typed(parked, ['show', 'pay/nobody', '--url', url], env)).toMatchObject({ code: 1 });
  expect(await typed(parked, ['list', '--url', url], env)).toMatchObject({ code: 0, said: 'there are none' });
  expect(await typed(sagas, ['retry', 'SALE/o-1', '--url', url], env)).toMatchObject({
    code: 2,
    hints: expect.stringContaining('--reason says why'),
  });
  for (const args of [
    ['list', '--status', 'bogus'],
    ['list', '--needs-operator', 'maybe'],
    ['retry', 'SALE/o-1', '--reason', ''],
    ...['SALE', 'SALE/', 'SALE/..', '../..', '/o-1'].map((id) => ['show', id]),
  ])
    expect([args, await typed(sagas, [...args, '--url', url], env)]).toMatchObject([args, { code: 2 }]);
  expect(await typed(sagas, ['show', 'SALE/a/b', '--url', url], env)).toMatchObject({
    hints: expect.stringMatching(/^none of shop, till has SALE\/a\/b/),
  });
  for (const ADMIN_TOKEN of ['a line\nand another', '€€€€€€€€€€€€€€€€', 'a blank at its end '])
    expect(await typed(sagas, ['list', '--url', url], { ADMIN_TOKEN })).toEqual({
      code: 2,
      said: '',
      hints: 'ADMIN_TOKEN has to have only letters, digits and signs of ASCII, and no blank at its ends',
    });
  expect(await typed(sagas, ['explode'])).toMatchObject({ code: 2 });
  expect(await typed(sagas, ['list', '--url', 'http://127.0.0.1:1'])).toMatchObject({ code: 3 });
  for (const run of [sagas, parked, consumers])
    expect(await typed(run, ['--help'])).toMatchObject({ code: 0, said: expect.stringContaining('npx saga-kit') });
});
