import { audit } from './audit';
import type { Books } from './books';
import type { Cancelled } from './cancellations';
import type { PlannedOrder } from './orders';

const planned: PlannedOrder = {
  key: 'k',
  body: { userId: 1, items: [{ productId: 1, quantity: 2 }] },
  ends: 'APPROVED',
};
const order = { orderId: 'o', status: 'APPROVED', code: null, total: 2_000, placement: 'k' };

/** Of one order, and nothing amiss. */
const books: Books = {
  orders: [order],
  balances: 99_999_998_000,
  payments: [{ orderId: 'o', amount: 2_000, status: 'APPROVED' }],
  tickets: [{ orderId: 'o', status: 'APPROVED', items: JSON.stringify(planned.body.items) }],
  stock: new Map([
    [1, 999_998],
    [18, 0],
  ]),
  waiting: 0,
  unsent: 0,
  parked: 0,
  openSagas: 0,
};
const faultsOf = (wrong: Partial<Books>) => audit({ ...books, ...wrong }, [{ planned, orderId: 'o', cancelled: [] }]);

test('books that add up have no fault', () => {
  expect(faultsOf({})).toEqual([]);
});

test('an order that was placed twice under one key is found, though both add up', () => {
  const twice = { orderId: 'p', status: 'REJECTED', code: 'SOLD_OUT', total: null, placement: null };
  expect(faultsOf({ orders: [order, twice] })).toEqual(['1 orders have no key of their own: they were placed twice']);
});

test.each<[string, Partial<Books>]>([
  ['an order that was answered is lost', { orders: [] }],
  ['an order ended otherwise', { orders: [{ ...order, status: 'REJECTED', code: 'SOLD_OUT' }] }],
  [
    'an order was given up, though nobody was told that it was placed',
    { orders: [order, { ...order, orderId: 'p', status: 'REJECTED', code: 'DEADLINE_EXCEEDED', total: null }] },
  ],
  ['an order is PENDING', { orders: [{ ...order, status: 'PENDING' }] }],
  ['money is gone', { balances: books.balances - 1 }],
  ['money was taken twice', { payments: [...books.payments, { orderId: 'p', amount: 2_000, status: 'APPROVED' }] }],
  ['another amount was paid', { payments: [{ orderId: 'o', amount: 1, status: 'APPROVED' }] }],
  ['a ticket is missing', { tickets: [] }],
  ['a ticket is PENDING', { tickets: [...books.tickets, { orderId: 'p', status: 'PENDING', items: '[]' }] }],
  ['stock is gone', { stock: new Map([[1, 999_997]]) }],
  ['a ticket waits', { waiting: 1 }],
  ['a message was not sent', { unsent: 1 }],
  ['a message is parked', { parked: 1 }],
  ['a saga is open', { openSagas: 1 }],
])('it is found that %s', (_what, wrong) => {
  expect(faultsOf(wrong)).not.toEqual([]);
});

test('an order may end without an answer where that is known of it, and no other', () => {
  const late: Books = {
    ...books,
    orders: [{ ...order, status: 'REJECTED', code: 'DEADLINE_EXCEEDED' }],
    balances: 100_000_000_000,
    payments: [],
    tickets: [],
    stock: new Map([[1, 1_000_000]]),
  };
  const answered = (...cancelled: readonly Cancelled[]) => [{ planned, orderId: 'o', cancelled }];
  expect(audit(late, answered(), new Set(['o']))).toEqual([]);
  expect(audit(late, answered())).not.toEqual([]);
  expect(audit(late, answered('accepted'), new Set(['o']))).not.toEqual([]);
});

describe('an order that was cancelled', () => {
  const rejected = { ...order, status: 'REJECTED', code: 'CANCELLED_BY_CUSTOMER' };
  const undone: Books = {
    ...books,
    orders: [rejected],
    balances: 100_000_000_000,
    payments: [{ orderId: 'o', amount: 2_000, status: 'REFUNDED' }],
    tickets: [{ ...books.tickets[0]!, status: 'REJECTED' }],
    stock: new Map([[1, 1_000_000]]),
  };
  const faults = (wrong: Partial<Books>, ...cancelled: readonly Cancelled[]) =>
    audit({ ...undone, ...wrong }, [{ planned, orderId: 'o', cancelled }]);
  const approved = { ...books };

  test.each<[string, Partial<Books>, readonly Cancelled[]]>([
    ['in time is rejected, and all is taken back', {}, ['accepted']],
    ['by two is rejected once', {}, ['accepted', 'too late']],
    ['too late is approved', approved, ['too late']],
  ])('%s', (_how, wrong, cancelled) => {
    expect(faults(wrong, ...cancelled)).toEqual([]);
  });

  test.each<[string, Partial<Books>, readonly Cancelled[]]>([
    ['in time is approved', approved, ['accepted']],
    ['too late is rejected', {}, ['too late']],
    ['is rejected, though nobody has cancelled it', {}, []],
    ['in time ends otherwise', { orders: [{ ...rejected, code: 'SOLD_OUT' }] }, ['accepted']],
    ['is lost', { orders: [] }, ['accepted']],
    ['is rejected and was paid for', { payments: [{ orderId: 'o', amount: 2_000, status: 'APPROVED' }] }, ['accepted']],
    ['is approved and was refunded', { ...approved, payments: undone.payments }, ['too late']],
    ['is rejected and its ticket approved', { tickets: books.tickets }, ['accepted']],
    ['is rejected and its stock not put back', { stock: books.stock }, ['accepted']],
    ['is rejected and its money not given back', { balances: books.balances }, ['accepted']],
  ])('%s: that is found', (_how, wrong, cancelled) => {
    expect(faults(wrong, ...cancelled)).not.toEqual([]);
  });
});
