import { integer, table, text } from 'saga-kit/runtime';
import { createsTable, type Migration } from 'saga-kit/sql';
import type { Account, Payment } from '../domain/payment';

export const accountTable = table<Account, number>('accounts', { userId: integer, balance: integer });

export const paymentTable = table<Payment>('payments', {
  orderId: text,
  paymentId: text,
  userId: integer,
  amount: integer,
  status: text,
});

export const paymentMigrations: readonly Migration[] = [
  createsTable('payment-001-accounts', 'accounts', (t) => {
    t.bigInteger('user_id').primary();
    t.bigInteger('balance').notNullable();
  }),
  createsTable('payment-002-payments', 'payments', (t, { key }) => {
    key('order_id', 36).primary();
    key('payment_id', 36).notNullable();
    t.bigInteger('user_id').notNullable();
    t.bigInteger('amount').notNullable();
    key('status', 10).notNullable();
  }),
];
