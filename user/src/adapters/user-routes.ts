import { id, inDigits, plainText, problem, route, type Route } from 'saga-kit/http';
import { z } from 'zod';
import type { UserWork } from '../application/user-dispatcher';

const userPath = z.object({ userId: inDigits(id) });
const newUser = z.strictObject({ name: plainText(200), status: z.enum(['NORMAL', 'ABNORMAL']) });
const user = z.object({ userId: id, ...newUser.shape });

export const userRoutes = (work: UserWork): Route[] => [
  route(
    { method: 'GET', path: '/users/:userId', summary: 'A user', params: userPath, answers: { 200: user } },
    async ({ params: { userId } }) => {
      const found = await work.read(({ users }) => users.get(userId));
      return found ? { status: 200, body: found } : problem(404, `there is no user ${userId}`);
    },
  ),
  route(
    {
      method: 'PUT',
      path: '/users/:userId',
      summary: 'Creates or replaces a user',
      params: userPath,
      body: newUser,
      answers: { 200: user, 201: user },
    },
    ({ params: { userId }, body }) =>
      work.run(async ({ users }) => {
        const known = await users.get(userId);
        const put = { userId, ...body };
        users.put(put);
        return known ? { status: 200, body: put } : { status: 201, body: put };
      }),
  ),
];
