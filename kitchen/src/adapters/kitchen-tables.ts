import { boolean, createsTable, integer, json, key, type Migration, table, text } from 'saga-kit/service';
import type { Kitchen } from '../domain/kitchen';
import type { Product } from '../domain/product';
import type { Ticket } from '../domain/ticket';

export const productTable = table<Product, number>('products', {
  productId: integer,
  name: text,
  price: integer,
  stock: integer,
  available: boolean,
});

export const kitchenTable = table<Kitchen, number>('kitchens', {
  kitchenId: integer,
  open: boolean,
  capacity: integer,
  waiting: integer,
});

export const ticketTable = table<Ticket>('tickets', {
  orderId: key(36),
  ticketId: key(36),
  items: json,
  status: key(10),
});

export const kitchenMigrations: readonly Migration[] = [
  createsTable('kitchen-001-products', productTable),
  createsTable('kitchen-002-kitchens', kitchenTable),
  createsTable('kitchen-003-tickets', ticketTable),
];
