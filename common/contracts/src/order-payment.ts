import { command, event } from 'saga-kit';

export const PaymentApproved = event({
  type: 'record',
  name: 'PaymentApproved',
  namespace: 'payment',
  topic: 'payment-to-order-pay',
  fields: [{ name: 'paymentId', type: 'string' }],
});

export const Pay = command({
  type: 'record',
  name: 'Pay',
  namespace: 'payment',
  topic: 'order-to-payment-pay',
  fields: [
    { name: 'orderId', type: 'string' },
    { name: 'userId', type: 'long' },
    { name: 'totalPrice', type: 'long', doc: 'in cents' },
  ],
  reply: PaymentApproved,
  refusals: ['REJECT_DURING_PAYMENT'],
});

export const PaymentRefunded = event({
  type: 'record',
  name: 'PaymentRefunded',
  namespace: 'payment',
  topic: 'payment-to-order-pay-status',
  fields: [{ name: 'orderId', type: 'string' }],
});

/** Takes Pay back. */
export const RefundPayment = command({
  type: 'record',
  name: 'RefundPayment',
  namespace: 'payment',
  topic: 'order-to-payment-pay-status',
  fields: [{ name: 'orderId', type: 'string' }],
  reply: PaymentRefunded,
  refusals: [],
});

export const paymentContracts = [Pay, RefundPayment] as const;
