import { Pay, PaymentApproved, PaymentRefunded, RefundPayment } from '@saga-kit/contracts';
import { handled, inMemory, workOf } from 'saga-kit/testing';
import type { Account, Payment } from '../domain/payment';
import { paymentDispatcher, PaymentWork } from './payment-dispatcher';

function aBank({ balance = 1_000, payments = [] as Payment[] } = {}) {
  const repositories = {
    accounts: inMemory<Account, number>(({ userId }) => userId, { userId: 1, balance }),
    payments: inMemory<Payment>(({ orderId }) => orderId, ...payments),
  };
  return { ...repositories, work: workOf(PaymentWork, repositories) };
}
const pay = (totalPrice: number, userId = 1) => Pay.of({ orderId: 'o', userId, totalPrice });
const paid: Payment = { orderId: 'o', paymentId: 'p', userId: 1, amount: 300, status: 'APPROVED' };
const refund = RefundPayment.of({ orderId: 'o' });

test('a payment is taken from the account, to the last cent', async () => {
  const { work, accounts, payments } = aBank();
  expect(await handled(paymentDispatcher, pay(1_000), work)).toEqual(PaymentApproved.of({ paymentId: 'id-1' }));
  expect(await accounts.get(1)).toEqual({ userId: 1, balance: 0 });
  expect(await payments.get('o')).toEqual({ ...paid, paymentId: 'id-1', amount: 1_000 });
});

test.each([
  { what: 'a balance that is a cent too small', asked: pay(1_001) },
  { what: 'nobody whose account it is', asked: pay(1, 2) },
  { what: 'an amount below nothing', asked: pay(-1) },
])('with $what nothing is paid', async ({ asked }) => {
  const { work, accounts, payments } = aBank();
  expect(await handled(paymentDispatcher, asked, work)).toMatchObject({ code: 'REJECT_DURING_PAYMENT' });
  expect(await accounts.get(1)).toEqual({ userId: 1, balance: 1_000 });
  expect(await payments.get('o')).toBeUndefined();
});

test('a refund gives back what was paid, once', async () => {
  const { work, accounts, payments } = aBank({ payments: [paid] });
  for (let times = 0; times < 2; times++)
    expect(await handled(paymentDispatcher, refund, work)).toEqual(PaymentRefunded.of({ orderId: 'o' }));
  expect(await accounts.get(1)).toEqual({ userId: 1, balance: 1_300 });
  expect(await payments.get('o')).toMatchObject({ status: 'REFUNDED' });
});
