import { boolean, createsTable, integer, key, nullable, table, text } from 'saga-kit/service';
import type { CataloguedProduct, Order } from './order';

export const orderTable = table<Order>('orders', {
  orderId: key(36),
  productId: integer,
  quantity: integer,
  status: key(10),
  reason: nullable(key(30)),
  stockTaken: boolean,
  deliveryStarted: boolean,
});
export const catalogueTable = table<CataloguedProduct, number>('catalogue', {
  productId: integer,
  name: text,
  price: integer,
  stock: integer,
  version: integer,
});
export const orderMigrations = [
  createsTable('order-001-orders', orderTable),
  createsTable('order-002-catalogue', catalogueTable),
];
