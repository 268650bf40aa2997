import { CheckUser, UserChecked } from '@saga-kit/contracts';
import { handled, inMemory, workOf } from 'saga-kit/testing';
import type { User } from '../domain/user';
import { userDispatcher, UserWork } from './user-dispatcher';

const users = inMemory<User, number>(
  ({ userId }) => userId,
  { userId: 1, name: 'Ada', status: 'NORMAL' },
  { userId: 2, name: 'Bob', status: 'ABNORMAL' },
);
const work = workOf(UserWork, { users });

test('a user in good standing may order', async () => {
  expect(await handled(userDispatcher, CheckUser.of({ userId: 1 }), work)).toEqual(UserChecked.of({ userId: 1 }));
});

test.each([
  { userId: 2, code: 'USER_ABNORMAL' },
  { userId: 3, code: 'USER_UNKNOWN' },
])('user $userId is refused with $code', async ({ userId, code }) => {
  expect(await handled(userDispatcher, CheckUser.of({ userId }), work)).toMatchObject({ code });
});
