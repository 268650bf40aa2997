import { boolean, integer, json, table, text } from 'saga-kit/runtime';
import { createsTable, type Migration } from 'saga-kit/sql';
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

export const ticketTable = table<Ticket>('tickets', { orderId: text, ticketId: text, items: json, status: text });

export const kitchenMigrations: readonly Migration[] = [
  createsTable('kitchen-001-products', 'products', (t) => {
    t.bigInteger('product_id').primary();
    t.string('name', 200).notNullable();
    t.bigInteger('price').notNullable();
    t.bigInteger('stock').notNullable();
    t.smallint('available').notNullable();
  }),
  createsTable('kitchen-002-kitchens', 'kitchens', (t) => {
    t.bigInteger('kitchen_id').primary();
    t.smallint('open').notNullable();
    t.bigInteger('capacity').notNullable();
    t.bigInteger('waiting').notNullable();
  }),
  createsTable('kitchen-003-tickets', 'tickets', (t, { key }) => {
    key('order_id', 36).primary();
    key('ticket_id', 36).notNullable();
    t.json('items').notNullable();
    key('status', 10).notNullable();
  }),
];
