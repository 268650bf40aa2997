import type { StubRule } from 'saga-kit/testing';

/** How the test profile's stubs of user, kitchen and payment answer, if nobody says otherwise. */
export const stubRules: readonly StubRule[] = [
  { command: 'CheckUser', when: { userId: { divisibleBy: 3 } }, refuse: 'USER_ABNORMAL' },
  { command: 'CreateTicket', when: { 'items.productId': { equals: 1 } }, refuse: 'REJECTED_FULL_WAITING' },
  {
    command: 'CreateTicket',
    reply: { ticketId: '$orderId', prices: { each: 'items', as: { productId: '$productId', price: 1_000 } } },
  },
  { command: 'Pay', when: { userId: { divisibleBy: 2 } }, refuse: 'REJECT_DURING_PAYMENT' },
  { command: 'Pay', reply: { paymentId: '$orderId' } },
  { command: 'ApproveTicket', when: { userId: { divisibleBy: 5 } }, refuse: 'WITHDRAWN' },
];
