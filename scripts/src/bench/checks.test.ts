import BetterSqlite3 from 'better-sqlite3';
import { theSystem } from '../../test/the-system';
import type { Query } from '../trial/books';
import { faultsByHand, faultsOfOrderSystem } from './checks';

const asIs = (sql: string) => sql;

let close = async () => {};
afterEach(() => close());

async function afterOrders(orders: number) {
  const { world, place } = await theSystem();
  close = () => world.close();
  const orderIds: string[] = [];
  for (let order = 0; order < orders; order++) orderIds.push(await place({ userId: 1 + order, productId: 3 }));
  await world.settled();
  const query =
    (changed = asIs): Query =>
    (service, sql) =>
      world.storesOf(service).reader.query((knex) => knex.raw(changed(sql)) as never);
  return { orderIds, query };
}

test('the books of an order system add up after its orders, and its orders are those that were placed', async () => {
  const { orderIds, query } = await afterOrders(3);
  expect(await faultsOfOrderSystem(query(), orderIds)).toEqual([]);
  expect(await faultsOfOrderSystem(query(), orderIds.slice(1))).toEqual(['3 orders are there, of 2 placed']);
  expect(await faultsOfOrderSystem(query(), [...orderIds.slice(1), 'lost'])).toEqual([
    'order lost (of the bench) was answered 201, and had to end APPROVED, but is not there',
  ]);
});

test('money that is gone, and an order that was refused, are faults', async () => {
  const { orderIds, query } = await afterOrders(3);
  const robbed = query((sql) => sql.replace('sum(balance)', 'sum(balance) - 7'));
  expect(await faultsOfOrderSystem(robbed, orderIds)).toEqual([expect.stringMatching(/^balances .* is not/)]);
  const refused = query((sql) => sql.replace('status, refused_code', "'REJECTED' as status, 'WITHDRAWN'"));
  expect(await faultsOfOrderSystem(refused, orderIds)).toContainEqual(expect.stringMatching(/but is WITHDRAWN$/));
});

test('a system by hand has as many of each as orders', async () => {
  close = async () => {};
  const database = new BetterSqlite3(':memory:');
  database.exec(`create table orders (status text); create table tickets (status text); create table payments (status text);
    insert into orders values ('APPROVED'), ('APPROVED'); insert into tickets values ('APPROVED'), ('PENDING');
    insert into payments values ('APPROVED'), ('APPROVED'), ('APPROVED')`);
  const query: Query = async (_, sql) => database.prepare(sql).all() as never;
  expect(await faultsByHand(query, 'twin', 2)).toEqual([
    '1 tickets are APPROVED, of 2',
    '3 payments are APPROVED, of 2',
  ]);
});
