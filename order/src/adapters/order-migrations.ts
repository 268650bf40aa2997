import { createsTable, type Migration } from 'saga-kit/sql';

export const orderMigrations: readonly Migration[] = [
  createsTable('order-001-orders', 'orders', (t, { key }) => {
    key('order_id', 36).primary();
    t.bigInteger('user_id').notNullable();
    t.json('items').notNullable();
    key('status', 10).notNullable();
    t.bigInteger('total_price').nullable();
    key('refused_step', 100).nullable();
    key('refused_code', 100).nullable();
    t.text('refused_message', 'mediumtext').nullable();
    t.bigInteger('created_at').notNullable();
    t.bigInteger('updated_at').notNullable();
    t.index(['status', 'order_id']);
  }),
  createsTable('order-002-placements', 'placements', (t, { key }) => {
    key('key', 255).primary();
    key('order_id', 36).notNullable();
    t.text('content', 'mediumtext').notNullable();
    t.bigInteger('at').notNullable().index();
  }),
];
