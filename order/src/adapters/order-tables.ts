import { json, integer, timestamp, nullable, table, text, type Table } from 'saga-kit/runtime';
import type { Placement } from '../application/order-work';
import type { Order } from '../domain/order';

type FlatOrder = Omit<Order, 'refusal'> & {
  refusedStep: string | null;
  refusedCode: string | null;
  refusedMessage: string | null;
};

const flat = table<FlatOrder>('orders', {
  orderId: text,
  userId: integer,
  items: json,
  status: text,
  totalPrice: nullable(integer),
  refusedStep: nullable(text),
  refusedCode: nullable(text),
  refusedMessage: nullable(text),
  createdAt: timestamp,
  updatedAt: timestamp,
});

export const orderTable: Table<Order, string> = {
  ...flat,
  idOf: ({ orderId }) => orderId,
  toRow: ({ refusal, ...order }) =>
    flat.toRow({
      ...order,
      refusedStep: refusal?.step ?? null,
      refusedCode: refusal?.code ?? null,
      refusedMessage: refusal?.message ?? null,
    }),
  toItem: (row) => {
    const { refusedStep: step, refusedCode: code, refusedMessage: message, ...order } = flat.toItem(row);
    const refusal = step === null || code === null || message === null ? null : { step, code, message };
    return { ...order, refusal } as Order; // a row that was written as one of the three states
  },
};

export const placementTable = table<Placement>('placements', {
  key: text,
  orderId: text,
  content: text,
  at: timestamp,
});
