import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';

/** What a stopped system has in its databases, as far as it has to add up. */
export interface Books {
  readonly orders: readonly {
    readonly orderId: string;
    readonly status: string;
    readonly code: string | null;
    readonly total: number | null;
    readonly key: string | null;
  }[];
  readonly balances: number;
  readonly payments: readonly { readonly orderId: string; readonly amount: number; readonly status: string }[];
  readonly tickets: readonly { readonly orderId: string; readonly status: string; readonly items: string }[];
  readonly stock: ReadonlyMap<number, number>;
  readonly waiting: number;
  readonly unsent: number;
  readonly parked: number;
  readonly openSagas: number;
}

export function readBooks(folder: string): Books {
  const all = <Row>(service: string, sql: string): Row[] => {
    const database = new BetterSqlite3(join(folder, `${service}.db`), { readonly: true });
    try {
      return database.prepare(sql).all() as Row[];
    } finally {
      database.close();
    }
  };
  const number = (service: string, sql: string): number => all<{ value: number }>(service, sql)[0]!.value ?? 0;
  const services = ['order', 'user', 'kitchen', 'payment'];
  const sum = (sql: string) => services.reduce((total, service) => total + number(service, sql), 0);
  const stock = all<{ product_id: number; stock: number }>('kitchen', 'select product_id, stock from products');
  return {
    orders: all(
      'order',
      'select o.order_id as orderId, status, refused_code as code, total_price as total, p.key as key from orders o left join placements p on p.order_id = o.order_id',
    ),
    balances: number('payment', 'select sum(balance) as value from accounts'),
    payments: all('payment', 'select order_id as orderId, amount, status from payments'),
    tickets: all('kitchen', 'select order_id as orderId, status, items from tickets'),
    stock: new Map(stock.map(({ product_id, stock }) => [product_id, stock])),
    waiting: number('kitchen', 'select waiting as value from kitchens'),
    unsent: sum('select count(*) as value from kit_outbox'),
    parked: sum('select count(*) as value from kit_parked'),
    openSagas: number('order', "select count(*) as value from kit_sagas where status in ('doing', 'undoing')"),
  };
}
