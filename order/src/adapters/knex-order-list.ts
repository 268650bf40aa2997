import type { SqlReader } from 'saga-kit/service';
import type { OrderFilter, OrderList } from '../application/order-list';
import type { Order } from '../domain/order';
import { orderTable } from './order-tables';

/** Ids sort by the time of their making, so the order of ids is the order of orders. */
export class KnexOrderList implements OrderList {
  constructor(private readonly reader: SqlReader) {}

  async newest({ status, after, limit }: OrderFilter): Promise<readonly Order[]> {
    const { name, columns, toItem } = orderTable;
    const rows = await this.reader.query(async (knex) => {
      const query = knex(name).select(columns).orderBy('order_id', 'desc').limit(limit);
      if (status !== undefined) void query.where({ status });
      if (after !== undefined) void query.where('order_id', '<', after);
      return query;
    });
    return rows.map((row) => toItem(columns.map((column) => row[column])));
  }
}
