/** In cents. */
export type Account = Readonly<{ userId: number; balance: number }>;

type Paid = Readonly<{ orderId: string; paymentId: string; userId: number; amount: number }>;
export type ApprovedPayment = Paid & Readonly<{ status: 'APPROVED' }>;
export type RefundedPayment = Paid & Readonly<{ status: 'REFUNDED' }>;
export type Payment = ApprovedPayment | RefundedPayment;

export type Refused<Code extends string> = Readonly<{ code: Code; errorMessage: string }>;

/** Takes an amount from an account. */
export function debit(account: Account | undefined, amount: number): Account | Refused<'REJECT_DURING_PAYMENT'> {
  if (!account) return { code: 'REJECT_DURING_PAYMENT', errorMessage: 'there is no account' };
  if (amount < 0) return { code: 'REJECT_DURING_PAYMENT', errorMessage: `${amount} is not an amount` };
  if (account.balance < amount)
    return { code: 'REJECT_DURING_PAYMENT', errorMessage: `the balance is below ${amount}` };
  return { ...account, balance: account.balance - amount };
}

export const credit = (account: Account, amount: number): Account => ({
  ...account,
  balance: account.balance + amount,
});

export const refund = (payment: ApprovedPayment): RefundedPayment => ({ ...payment, status: 'REFUNDED' });
