import type { MallBooks } from './mall-books';
import type { PlacedOrder } from './mall-orders';

/** Everything that does not add up, in words; nothing is good. `stockAtFirst`: by product. */
export function auditMall(
  books: MallBooks,
  stockAtFirst: ReadonlyMap<number, number>,
  placed: readonly PlacedOrder[],
): string[] {
  return [...ofStock(books, stockAtFirst), ...ofDeliveries(books), ...ofOrders(books, placed), ...ofMessages(books)];
}

function ofStock({ orders, stock, copies }: MallBooks, stockAtFirst: ReadonlyMap<number, number>): string[] {
  const sold = new Map<number, number>();
  for (const { productId, quantity, status } of orders)
    if (status === 'COMPLETED') sold.set(productId, (sold.get(productId) ?? 0) + quantity);
  return [...stockAtFirst].flatMap(([productId, first]) => {
    const [left, copied] = [stock.get(productId), copies.get(productId)];
    return [
      ...(left !== undefined && left + (sold.get(productId) ?? 0) === first
        ? []
        : [`product ${productId}: ${left} left and ${sold.get(productId) ?? 0} sold, of ${first}`]),
      ...(left === copied ? [] : [`product ${productId}: ${left} left, and ${copied} in the copy of the orders`]),
    ];
  });
}

/** Each order has its delivery, which stands as the order does. */
function ofDeliveries({ orders, deliveries }: MallBooks): string[] {
  const standing = new Map<string, string[]>();
  for (const { orderId, status } of deliveries) standing.set(orderId, [...(standing.get(orderId) ?? []), status]);
  const known = new Set(orders.map(({ orderId }) => orderId));
  return [
    ...orders.flatMap(({ orderId, status }) => {
      const own = standing.get(orderId)?.join(' and ') ?? 'none';
      const wanted = status === 'COMPLETED' ? 'STARTED' : 'CANCELLED';
      return own === wanted ? [] : [`order ${orderId} is ${status}, and its delivery ${own}`];
    }),
    ...[...standing.keys()]
      .filter((orderId) => !known.has(orderId))
      .map((id) => `there is a delivery of no order: ${id}`),
  ];
}

function ofOrders({ orders }: MallBooks, placed: readonly PlacedOrder[]): string[] {
  const byId = new Map(orders.map((order) => [order.orderId, order]));
  return placed.flatMap(({ orderId, planned, isCancelled }) => {
    const status = byId.get(orderId)?.status ?? 'not there';
    const may = isCancelled ? ['CANCELLED'] : planned.isScarce ? ['COMPLETED', 'CANCELLED'] : ['COMPLETED'];
    if (may.includes(status)) return [];
    const what = isCancelled ? 'was cancelled' : 'was not cancelled';
    return [`order ${orderId} ${what}, and had to end ${may.join(' or ')}, but is ${status}`];
  });
}

const ofMessages = ({ unsent, parked, delayed }: MallBooks): string[] => [
  ...(unsent === 0 ? [] : [`${unsent} messages are in an outbox`]),
  ...(parked === 0 ? [] : [`${parked} messages are parked`]),
  ...(delayed === 0 ? [] : [`${delayed} events wait for their time`]),
];

/** How many orders ended in each way. */
export function endsOf({ orders }: MallBooks): Readonly<Record<string, number>> {
  const ends: Record<string, number> = {};
  for (const { status, reason } of orders) {
    const end = reason ? `${status} ${reason}` : status;
    ends[end] = (ends[end] ?? 0) + 1;
  }
  return ends;
}
