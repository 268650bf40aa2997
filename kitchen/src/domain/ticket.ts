import type { Item, Product } from './product';
import type { Refused } from './refused';

type Written = Readonly<{ orderId: string; ticketId: string; items: readonly Item[] }>;
export type PendingTicket = Written & Readonly<{ status: 'PENDING' }>;
export type ApprovedTicket = Written & Readonly<{ status: 'APPROVED' }>;
export type RejectedTicket = Written & Readonly<{ status: 'REJECTED' }>;
export type Ticket = PendingTicket | ApprovedTicket | RejectedTicket;

/** Needs every product of the ticket to be available still. */
export function approve(
  ticket: PendingTicket,
  products: readonly (Product | undefined)[],
): ApprovedTicket | Refused<'WITHDRAWN'> {
  const gone = ticket.items.find((_, index) => !products[index]?.available);
  if (gone) return { code: 'WITHDRAWN', errorMessage: `product ${gone.productId} is not available` };
  return { ...ticket, status: 'APPROVED' };
}

export const reject = (ticket: PendingTicket): RejectedTicket => ({ ...ticket, status: 'REJECTED' });
