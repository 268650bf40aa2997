import { ApproveTicket, kitchenContracts, TicketApproved, TicketCreated, TicketRejected } from '@saga-kit/contracts';
import { dispatcher, Unprocessable } from 'saga-kit';
import { leaveQueue, queueUp } from '../domain/kitchen';
import { putBack, take } from '../domain/product';
import { approve, reject } from '../domain/ticket';
import { kitchenId, KitchenWork } from './kitchen-work';

export const kitchenDispatcher = dispatcher(kitchenContracts, KitchenWork, {
  CreateTicket: async ({ message: { orderId, items } }, { tickets, products, kitchens, ids }) => {
    if (items.some(({ quantity }) => quantity < 1)) throw new Unprocessable('a quantity is at least 1');
    const prices = [];
    await Promise.all([products.getAll(items.map(({ productId }) => productId)), kitchens.get(kitchenId)]); // in one round trip
    for (const item of items) {
      const product = take(await products.get(item.productId), item);
      if ('code' in product) return product; // nothing that was put stands
      products.put(product);
      prices.push({ productId: item.productId, price: product.price });
    }
    const kitchen = queueUp(await kitchens.get(kitchenId));
    if ('code' in kitchen) return kitchen;
    kitchens.put(kitchen);
    const ticketId = ids.next();
    tickets.add({ orderId, ticketId, items, status: 'PENDING' });
    return TicketCreated.of({ ticketId, prices });
  },

  ApproveTicket: async ({ message: { orderId } }, { tickets, products, kitchens }) => {
    const ticket = await tickets.get(orderId);
    if (ticket?.status === 'APPROVED') return TicketApproved.of({ orderId });
    if (ticket?.status !== 'PENDING')
      return ApproveTicket.refuse('WITHDRAWN', `the ticket is ${ticket?.status ?? 'not there'}`);
    const asked = products.getAll(ticket.items.map(({ productId }) => productId));
    const [found, kitchen] = await Promise.all([asked, kitchens.get(kitchenId)]);
    const approved = approve(ticket, found);
    if ('code' in approved) return approved;
    tickets.put(approved);
    if (kitchen) kitchens.put(leaveQueue(kitchen));
    return TicketApproved.of({ orderId });
  },

  RejectTicket: async ({ message: { orderId } }, { tickets, products, kitchens }) => {
    const ticket = await tickets.get(orderId);
    if (ticket?.status === 'PENDING') {
      tickets.put(reject(ticket));
      await products.getAll(ticket.items.map(({ productId }) => productId));
      for (const item of ticket.items) {
        const product = await products.get(item.productId); // a product that is named twice has been put meanwhile
        if (product) products.put(putBack(product, item));
      }
      const kitchen = await kitchens.get(kitchenId);
      if (kitchen) kitchens.put(leaveQueue(kitchen));
    }
    return TicketRejected.of({ orderId });
  },
});
