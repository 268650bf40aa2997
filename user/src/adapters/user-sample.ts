import type { SampleData } from 'saga-kit/service';
import type { UserWork } from '../application/user-dispatcher';

const usersMax = 1_000;

/** Every tenth user is not in good standing. */
export class UserSample implements SampleData {
  constructor(private readonly work: UserWork) {}

  load(): Promise<void> {
    return this.work.run(async ({ users }) => {
      if (await users.get(1)) return;
      for (let userId = 1; userId <= usersMax; userId++)
        users.add({ userId, name: `User ${userId}`, status: userId % 10 === 0 ? 'ABNORMAL' : 'NORMAL' });
    });
  }
}
