import { UserChecked, userContracts } from '@saga-kit/contracts';
import { dispatcher, UnitOfWork, type Repository } from 'saga-kit';
import { check, type User } from '../domain/user';

export abstract class UserWork extends UnitOfWork<{ users: Repository<User, number> }> {}

export const userDispatcher = dispatcher(userContracts, UserWork, {
  CheckUser: async ({ message: { userId } }, { users }) => {
    const checked = check(await users.get(userId), userId);
    return 'code' in checked ? checked : UserChecked.of(checked);
  },
});
