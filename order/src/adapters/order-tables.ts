import {
  createsTable,
  integer,
  json,
  key,
  type Migration,
  nullable,
  table,
  type Table,
  text,
  datetime,
} from 'saga-kit/service';
import type { Placement } from '../application/order-work';
import type { Order } from '../domain/order';

type FlatOrder = Omit<Order, 'refusal'> & {
  refusedStep: string | null;
  refusedCode: string | null;
  refusedMessage: string | null;
};

const flat = table<FlatOrder>('orders', {
  orderId: key(36),
  userId: integer,
  items: json,
  status: key(10),
  totalPrice: nullable(integer),
  refusedStep: nullable(key(100)),
  refusedCode: nullable(key(100)),
  refusedMessage: nullable(text),
  createdAt: datetime,
  updatedAt: datetime,
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
  key: key(255),
  orderId: key(36),
  content: text,
  at: datetime,
});

export const orderMigrations: readonly Migration[] = [
  createsTable('order-001-orders', orderTable, (t) => void t.index(['status', 'order_id'])),
  createsTable('order-002-placements', placementTable, (t) => void t.index('at')),
];
