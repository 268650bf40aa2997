import { id, inDigits, problem, route, type Route, uuidText } from 'saga-kit/http';
import { z } from 'zod';
import type { PaymentWork } from '../application/payment-dispatcher';

const balanceMax = 1_000_000_000_000_000;

const accountPath = z.object({ userId: inDigits(id) });
const newAccount = z.strictObject({ balance: z.int().min(0).max(balanceMax).describe('in cents') });
const account = z.object({ userId: id, balance: z.int() });
const paymentPath = z.object({ orderId: uuidText });
const payment = z.object({
  paymentId: uuidText,
  orderId: uuidText,
  userId: id,
  amount: z.int(),
  status: z.enum(['APPROVED', 'REFUNDED']),
});

export const paymentRoutes = (work: PaymentWork): Route[] => [
  route(
    { method: 'GET', path: '/accounts/:userId', summary: 'An account', params: accountPath, answers: { 200: account } },
    async ({ params: { userId } }) => {
      const found = await work.read(({ accounts }) => accounts.get(userId));
      return found ? { status: 200, body: found } : problem(404, `user ${userId} has no account`);
    },
  ),
  route(
    {
      method: 'PUT',
      path: '/accounts/:userId',
      summary: 'Opens an account, or replaces its balance',
      params: accountPath,
      body: newAccount,
      answers: { 200: account, 201: account },
    },
    ({ params: { userId }, body }) =>
      work.run(async ({ accounts }) => {
        const known = await accounts.get(userId);
        const put = { userId, ...body };
        accounts.put(put);
        return known ? { status: 200, body: put } : { status: 201, body: put };
      }),
  ),
  route(
    {
      method: 'GET',
      path: '/payments/:orderId',
      summary: 'What was paid for an order',
      params: paymentPath,
      answers: { 200: payment },
    },
    async ({ params: { orderId } }) => {
      const found = await work.read(({ payments }) => payments.get(orderId));
      return found ? { status: 200, body: found } : problem(404, `nothing was paid for order ${orderId}`);
    },
  ),
];
