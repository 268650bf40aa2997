import {
  ApproveTicket,
  CreateTicket,
  RejectTicket,
  TicketApproved,
  TicketCreated,
  TicketRejected,
} from '@saga-kit/contracts';
import { Unprocessable } from 'saga-kit';
import { handled, inMemory, workOf } from 'saga-kit/testing';
import type { Kitchen } from '../domain/kitchen';
import type { Product } from '../domain/product';
import type { Ticket } from '../domain/ticket';
import { kitchenDispatcher } from './kitchen-dispatcher';
import { kitchenId, KitchenWork } from './kitchen-work';

const soup: Product = { productId: 1, name: 'Soup', price: 500, stock: 10, available: true };
const bread: Product = { productId: 2, name: 'Bread', price: 100, stock: 1, available: true };
const items = [
  { productId: 1, quantity: 2 },
  { productId: 2, quantity: 1 },
];
const ticket: Ticket = { orderId: 'o', ticketId: 't', items, status: 'PENDING' };

function aKitchen({ capacity = 5, waiting = 0, open = true, tickets = [] as Ticket[], products = [soup, bread] } = {}) {
  const repositories = {
    tickets: inMemory<Ticket>(({ orderId }) => orderId, ...tickets),
    products: inMemory<Product, number>(({ productId }) => productId, ...products),
    kitchens: inMemory<Kitchen, number>((kitchen) => kitchen.kitchenId, { kitchenId, open, capacity, waiting }),
  };
  return { ...repositories, work: workOf(KitchenWork, repositories) };
}

const create = (over: object = {}) => CreateTicket.of({ orderId: 'o', userId: 1, items, ...over });
const approve = ApproveTicket.of({ orderId: 'o', userId: 1 });
const reject = RejectTicket.of({ orderId: 'o', userId: 1 });

test('a ticket takes its stock and a place in the queue, and says what each product costs', async () => {
  const { work, products, kitchens, tickets } = aKitchen();
  const prices = [
    { productId: 1, price: 500 },
    { productId: 2, price: 100 },
  ];
  expect(await handled(kitchenDispatcher, create(), work)).toEqual(TicketCreated.of({ ticketId: 'id-1', prices }));
  expect(await products.get(1)).toMatchObject({ stock: 8 });
  expect(await products.get(2)).toMatchObject({ stock: 0 });
  expect(await kitchens.get(kitchenId)).toMatchObject({ waiting: 1 });
  expect(await tickets.get('o')).toEqual({ orderId: 'o', ticketId: 'id-1', items, status: 'PENDING' });
});

test.each([
  { what: 'a product that nobody knows', kitchen: { products: [soup] }, code: 'UNKNOWN_PRODUCT' },
  { what: 'too little stock', kitchen: { products: [soup, { ...bread, stock: 0 }] }, code: 'SOLD_OUT' },
  { what: 'as many tickets waiting as the kitchen holds', kitchen: { waiting: 5 }, code: 'REJECTED_FULL_WAITING' },
  { what: 'a closed kitchen', kitchen: { open: false }, code: 'REJECTED_FULL_WAITING' },
])('with $what, a ticket is refused with $code', async ({ kitchen, code }) => {
  expect(await handled(kitchenDispatcher, create(), aKitchen(kitchen).work)).toMatchObject({ code });
});

test.each([0, -3])('a quantity of %d cannot be what anybody ordered', async (quantity) => {
  const { work } = aKitchen();
  const asked = handled(kitchenDispatcher, create({ items: [{ productId: 1, quantity }] }), work);
  await expect(asked).rejects.toThrow(Unprocessable);
});

test('a ticket that is approved leaves the queue', async () => {
  const { work, tickets, kitchens } = aKitchen({ tickets: [ticket], waiting: 3 });
  expect(await handled(kitchenDispatcher, approve, work)).toEqual(TicketApproved.of({ orderId: 'o' }));
  expect(await tickets.get('o')).toMatchObject({ status: 'APPROVED' });
  expect(await kitchens.get(kitchenId)).toMatchObject({ waiting: 2 });
});

test('a ticket of a product that is not available any more is not approved', async () => {
  const { work } = aKitchen({ tickets: [ticket], products: [soup, { ...bread, available: false }] });
  const errorMessage = 'product 2 is not available';
  expect(await handled(kitchenDispatcher, approve, work)).toEqual({ code: 'WITHDRAWN', errorMessage });
});

test.each([
  { what: 'no ticket', tickets: [] },
  { what: 'a rejected one', tickets: [{ ...ticket, status: 'REJECTED' as const }] },
])('with $what there is nothing to approve', async ({ tickets }) => {
  expect(await handled(kitchenDispatcher, approve, aKitchen({ tickets }).work)).toMatchObject({ code: 'WITHDRAWN' });
});

test('a ticket that is rejected puts its stock back and leaves the queue', async () => {
  const { work, tickets, products, kitchens } = aKitchen({ tickets: [ticket], waiting: 1 });
  expect(await handled(kitchenDispatcher, reject, work)).toEqual(TicketRejected.of({ orderId: 'o' }));
  expect(await tickets.get('o')).toMatchObject({ status: 'REJECTED' });
  expect(await products.get(1)).toMatchObject({ stock: 12 });
  expect(await products.get(2)).toMatchObject({ stock: 2 });
  expect(await kitchens.get(kitchenId)).toMatchObject({ waiting: 0 });
});

test('a ticket that names a product twice puts both back', async () => {
  const twice = [items[0]!, { productId: 1, quantity: 3 }];
  const { work, products } = aKitchen();
  await handled(kitchenDispatcher, create({ items: twice }), work);
  expect(await products.get(1)).toMatchObject({ stock: 5 });
  await handled(kitchenDispatcher, reject, work);
  expect(await products.get(1)).toMatchObject({ stock: 10 });
});

test('what is approved or rejected already is not rejected again', async () => {
  const { work, products } = aKitchen({ tickets: [{ ...ticket, status: 'APPROVED' }] });
  expect(await handled(kitchenDispatcher, reject, work)).toEqual(TicketRejected.of({ orderId: 'o' }));
  expect(await products.get(1)).toEqual(soup);
});
