import type { Query } from '../books';

/** What the mall has in its databases, as far as it has to add up. */
export interface MallBooks {
  readonly orders: readonly {
    readonly orderId: string;
    readonly productId: number;
    readonly quantity: number;
    readonly status: string;
    readonly reason: string | null;
  }[];
  readonly deliveries: readonly { readonly orderId: string; readonly status: string }[];
  /** By product. */
  readonly stock: ReadonlyMap<number, number>;
  /** What the order service takes the stock for. */
  readonly copies: ReadonlyMap<number, number>;
  readonly unsent: number;
  readonly parked: number;
  readonly delayed: number;
}

export async function mallBooks(query: Query, services: readonly string[]): Promise<MallBooks> {
  const counted = async (table: string) => {
    const each = await Promise.all(
      services.map(async (name) => {
        const [row] = await query<{ value: number }>(name, `select count(*) as value from ${table}`);
        return Number(row!.value);
      }),
    );
    return each.reduce((sum, value) => sum + value, 0);
  };
  return {
    orders: await query(
      'mall-order',
      'select order_id as orderId, product_id as productId, quantity, status, reason from orders',
    ),
    deliveries: await query('mall-delivery', 'select order_id as orderId, status from deliveries'),
    stock: await stockIn(query, 'mall-product', 'products'),
    copies: await stockIn(query, 'mall-order', 'catalogue'),
    unsent: await counted('kit_outbox'),
    parked: await counted('kit_parked'),
    delayed: await counted('kit_delayed_events'),
  };
}

async function stockIn(query: Query, service: string, table: string): Promise<ReadonlyMap<number, number>> {
  const rows = await query<{ id: number; stock: number }>(service, `select product_id as id, stock from ${table}`);
  return new Map(rows.map(({ id, stock }) => [Number(id), Number(stock)]));
}
