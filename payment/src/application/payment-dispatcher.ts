import { paymentContracts, PaymentApproved, PaymentRefunded } from '@saga-kit/contracts';
import { dispatcher, UnitOfWork, type Repository } from 'saga-kit';
import { credit, debit, refund, type Account, type Payment } from '../domain/payment';

export abstract class PaymentWork extends UnitOfWork<{
  accounts: Repository<Account, number>;
  payments: Repository<Payment>;
}> {}

export const paymentDispatcher = dispatcher(paymentContracts, PaymentWork, {
  Pay: async ({ message: { orderId, userId, totalPrice } }, { accounts, payments, ids }) => {
    const account = debit(await accounts.get(userId), totalPrice);
    if ('code' in account) return account;
    const paymentId = ids.next();
    accounts.put(account);
    payments.add({ orderId, paymentId, userId, amount: totalPrice, status: 'APPROVED' });
    return PaymentApproved.of({ paymentId });
  },

  RefundPayment: async ({ message: { orderId } }, { accounts, payments }) => {
    const payment = await payments.get(orderId);
    if (payment?.status === 'APPROVED') {
      const account = (await accounts.get(payment.userId)) ?? { userId: payment.userId, balance: 0 };
      accounts.put(credit(account, payment.amount));
      payments.put(refund(payment));
    }
    return PaymentRefunded.of({ orderId });
  },
});
