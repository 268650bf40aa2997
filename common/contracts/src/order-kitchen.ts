import { command, event, record, type ValueOf } from 'saga-kit';

export const OrderItem = record({
  type: 'record',
  name: 'OrderItem',
  namespace: 'order',
  fields: [
    { name: 'productId', type: 'long' },
    { name: 'quantity', type: 'int' },
  ],
});
export type OrderItem = ValueOf<typeof OrderItem>;

export const ProductPrice = record({
  type: 'record',
  name: 'ProductPrice',
  namespace: 'kitchen',
  fields: [
    { name: 'productId', type: 'long' },
    { name: 'price', type: 'long', doc: 'of one, in cents' },
  ],
});

export const TicketCreated = event({
  type: 'record',
  name: 'TicketCreated',
  namespace: 'kitchen',
  topic: 'kitchen-to-order-ticket-creation',
  fields: [
    { name: 'ticketId', type: 'string' },
    { name: 'prices', type: { type: 'array', items: ProductPrice } },
  ],
});

/** Reserves the stock and a place in the kitchen. */
export const CreateTicket = command({
  type: 'record',
  name: 'CreateTicket',
  namespace: 'kitchen',
  topic: 'order-to-kitchen-ticket-creation',
  fields: [
    { name: 'orderId', type: 'string' },
    { name: 'userId', type: 'long' },
    { name: 'items', type: { type: 'array', items: OrderItem } },
  ],
  reply: TicketCreated,
  refusals: ['UNKNOWN_PRODUCT', 'SOLD_OUT', 'REJECTED_FULL_WAITING'],
});

const orderAndUser = [
  { name: 'orderId', type: 'string' },
  { name: 'userId', type: 'long' },
] as const;

export const TicketRejected = event({
  type: 'record',
  name: 'TicketRejected',
  namespace: 'kitchen',
  topic: 'kitchen-to-order-ticket-status',
  fields: [{ name: 'orderId', type: 'string' }],
});

/** Takes CreateTicket back. */
export const RejectTicket = command({
  type: 'record',
  name: 'RejectTicket',
  namespace: 'kitchen',
  topic: 'order-to-kitchen-ticket-status',
  fields: orderAndUser,
  reply: TicketRejected,
  refusals: [],
});

export const TicketApproved = event({
  type: 'record',
  name: 'TicketApproved',
  namespace: 'kitchen',
  topic: 'kitchen-to-order-ticket-status',
  fields: [{ name: 'orderId', type: 'string' }],
});

export const ApproveTicket = command({
  type: 'record',
  name: 'ApproveTicket',
  namespace: 'kitchen',
  topic: 'order-to-kitchen-ticket-status',
  fields: orderAndUser,
  reply: TicketApproved,
  refusals: ['WITHDRAWN'],
});

export const kitchenContracts = [CreateTicket, RejectTicket, ApproveTicket] as const;
