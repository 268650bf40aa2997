import { createsTable, integer, key, type Migration, table } from 'saga-kit/service';
import type { Account, Payment } from '../domain/payment';

export const accountTable = table<Account, number>('accounts', { userId: integer, balance: integer });

export const paymentTable = table<Payment>('payments', {
  orderId: key(36),
  paymentId: key(36),
  userId: integer,
  amount: integer,
  status: key(10),
});

export const paymentMigrations: readonly Migration[] = [
  createsTable('payment-001-accounts', accountTable),
  createsTable('payment-002-payments', paymentTable),
];
