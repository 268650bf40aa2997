import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { services } from '../services';

/** What a system at rest has in its databases, as far as it has to add up. */
export interface Books {
  readonly orders: readonly {
    readonly orderId: string;
    readonly status: string;
    readonly code: string | null;
    readonly total: number | null;
    readonly placement: string | null;
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

/** Runs a query in the database of a service. */
export type Query = <Row>(service: string, sql: string) => Promise<Row[]>;

/** In the files of a system on one machine. */
export const inFolder =
  (folder: string): Query =>
  async <Row>(service: string, sql: string) => {
    const database = new BetterSqlite3(join(folder, `${service}.db`), { readonly: true });
    try {
      return database.prepare(sql).all() as Row[];
    } finally {
      database.close();
    }
  };

export const inMysql =
  (url: string, prefix: string): Query =>
  (service, sql) =>
    mysqlRows(url, `${prefix}${service}`, sql);

/** Of a stopped system on one machine. */
export const booksInFolder = (folder: string): Promise<Books> => booksOf(inFolder(folder));

export const booksInMysql = (url: string, prefix: string): Promise<Books> => booksOf(inMysql(url, prefix));

export async function mysqlRows<Row>(url: string, database: string, sql: string): Promise<Row[]> {
  const connection = await createConnection({ uri: url, database, jsonStrings: true });
  try {
    const [rows] = await connection.query<RowDataPacket[]>(sql);
    return rows as Row[];
  } finally {
    await connection.end();
  }
}

/** Of a system at rest. */
export async function booksOf(all: Query): Promise<Books> {
  const number = async (service: string, sql: string) =>
    Number((await all<{ value: number | string | null }>(service, sql))[0]?.value ?? 0);
  const sum = async (sql: string) => {
    const each = await Promise.all(services.map(({ name }) => number(name, sql)));
    return each.reduce((total, value) => total + value, 0);
  };
  const stock = await all<{ product_id: number; stock: number }>('kitchen', 'select product_id, stock from products');
  return {
    orders: await all(
      'order',
      'select o.order_id as orderId, status, refused_code as code, total_price as total, p.key as placement from orders o left join placements p on p.order_id = o.order_id',
    ),
    balances: await number('payment', 'select sum(balance) as value from accounts'),
    payments: await all('payment', 'select order_id as orderId, amount, status from payments'),
    tickets: await all('kitchen', 'select order_id as orderId, status, items from tickets'),
    stock: new Map(stock.map(({ product_id, stock: left }) => [product_id, left])),
    waiting: await number('kitchen', 'select waiting as value from kitchens'),
    unsent: await sum('select count(*) as value from kit_outbox'),
    parked: await sum('select count(*) as value from kit_parked'),
    openSagas: await number(
      'order',
      "select count(*) as value from kit_sagas where status in ('running', 'compensating')",
    ),
  };
}
