import {
  ApproveTicket,
  CheckUser,
  CreateTicket,
  OrderItem,
  Pay,
  RefundPayment,
  RejectTicket,
} from '@saga-kit/contracts';
import { record, saga, Unprocessable, type ValueOf } from 'saga-kit';
import { totalPriceOf } from '../domain/total-price';

/** What the saga knows. Commands take their fields from here by name; `fold` adds what a reply brings. */
export const OrderCreation = record({
  type: 'record',
  name: 'OrderCreation',
  namespace: 'order',
  fields: [
    { name: 'orderId', type: 'string' },
    { name: 'userId', type: 'long' },
    { name: 'items', type: { type: 'array', items: OrderItem } },
    { name: 'totalPrice', type: 'long', default: 0, doc: 'in cents; 0 until the ticket is created' },
  ],
});
export type OrderCreation = ValueOf<typeof OrderCreation>;

export const orderCreation = saga({
  name: 'ORDER_CREATION',
  state: OrderCreation,
  cancellations: ['CANCELLED_BY_CUSTOMER'],
  compensatable: [
    { do: CheckUser, undo: 'nothing' },
    { do: CreateTicket, undo: RejectTicket, fold: { totalPrice: ({ prices }, { items }) => total(items, prices) } },
    { do: Pay, undo: RefundPayment },
  ],
  pivot: { do: ApproveTicket },
});

function total(items: OrderCreation['items'], prices: Parameters<typeof totalPriceOf>[1]): number {
  const totalPrice = totalPriceOf(items, prices);
  if (totalPrice === undefined) throw new Unprocessable('the kitchen did not say what each product costs');
  return totalPrice;
}
