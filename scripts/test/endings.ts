import { setTimeout } from 'node:timers/promises';

const endMs = 30_000;

/** Tests each of the five endings, against a system with the sample data that nobody else uses. */
// eslint-disable-next-line max-lines-per-function -- a table
export function testEndings(url: () => string): void {
  const get = async (path: string): Promise<any> => {
    const response = await fetch(`${url()}${path}`);
    return response.status === 404 ? undefined : response.json();
  };
  const place = async (userId: number, productId: number, quantity: number): Promise<string> => {
    const body = JSON.stringify({ userId, items: [{ productId, quantity }] });
    const headers = { 'Content-Type': 'application/json' };
    const response = await fetch(`${url()}/orders`, { method: 'POST', headers, body });
    expect(response.status).toBe(201);
    const placed = (await response.json()) as { orderId: string };
    expect(response.headers.get('Location')).toBe(`/orders/${placed.orderId}`);
    return placed.orderId;
  };
  const ended = async (orderId: string): Promise<any> => {
    for (const until = Date.now() + endMs; Date.now() < until; await setTimeout(20)) {
      const order = await get(`/orders/${orderId}`);
      if (order.status !== 'PENDING') return order;
    }
    throw new Error(`order ${orderId} has not ended within ${endMs} ms`);
  };
  const asked = [
    'CheckUser',
    'UserChecked',
    'CreateTicket',
    'TicketCreated',
    'Pay',
    'PaymentApproved',
    'ApproveTicket',
  ];

  test.each([
    {
      what: 'user 1, product 1 × 2',
      order: [1, 1, 2],
      ends: { status: 'APPROVED', totalPrice: 2_000, refusal: null },
      ticket: 'APPROVED',
      payment: 'APPROVED',
      costs: 2_000,
      takes: 2,
      story: [...asked, 'TicketApproved'],
    },
    {
      what: 'user 10, product 1',
      order: [10, 1, 1],
      ends: { status: 'REJECTED', totalPrice: null, refusal: { step: 'CheckUser', code: 'USER_ABNORMAL' } },
      story: ['CheckUser', 'USER_ABNORMAL'],
    },
    {
      what: 'user 1, product 18',
      order: [1, 18, 1],
      ends: { status: 'REJECTED', totalPrice: null, refusal: { step: 'CreateTicket', code: 'SOLD_OUT' } },
      story: ['CheckUser', 'UserChecked', 'CreateTicket', 'SOLD_OUT'],
    },
    {
      what: 'user 1, product 20',
      order: [1, 20, 1],
      ends: { status: 'REJECTED', totalPrice: 1_000_000_000, refusal: { step: 'Pay', code: 'REJECT_DURING_PAYMENT' } },
      ticket: 'REJECTED',
      story: [...asked.slice(0, 5), 'REJECT_DURING_PAYMENT', 'RejectTicket', 'TicketRejected'],
    },
    {
      what: 'user 1, product 19',
      order: [1, 19, 1],
      ends: { status: 'REJECTED', totalPrice: 19_000, refusal: { step: 'ApproveTicket', code: 'WITHDRAWN' } },
      ticket: 'REJECTED',
      payment: 'REFUNDED',
      story: [...asked, 'WITHDRAWN', 'RefundPayment', 'PaymentRefunded', 'RejectTicket', 'TicketRejected'],
    },
  ])('$what', async ({ order: [userId, productId, quantity], ends, ticket, payment, costs = 0, takes = 0, story }) => {
    const before = { account: await get(`/accounts/${userId}`), product: await get(`/products/${productId}`) };
    const orderId = await place(userId!, productId!, quantity!);
    expect(await ended(orderId)).toMatchObject({ orderId, userId, items: [{ productId, quantity }], ...ends });
    expect((await get(`/tickets/${orderId}`))?.status).toBe(ticket);
    expect((await get(`/payments/${orderId}`))?.status).toBe(payment);
    expect(await get(`/accounts/${userId}`)).toEqual({ userId, balance: before.account.balance - costs });
    expect((await get(`/products/${productId}`)).stock).toBe(before.product.stock - takes);
    expect((await get('/kitchen')).waiting).toBe(0);
    const { items } = await get(`/orders/${orderId}/events`);
    expect(items.map(({ code, type }: { code: string | null; type: string }) => code ?? type)).toEqual(story);
    const known = new Set<string>();
    for (const { direction, messageId, causationId } of items) {
      // Each message was caused by the one before it, and each answer names its command.
      expect(direction === 'sent' && known.size === 0 ? causationId : [...known].at(-1)).toBe(causationId);
      known.add(messageId);
    }
  });

  test('the story of an order is told over all services, as a tree of causes', async () => {
    const orderId = await place(1, 19, 1);
    await ended(orderId);
    const { story } = await get(`/orders/${orderId}/story`);
    const chain = ['CheckUser', 'UserChecked', 'CreateTicket', 'TicketCreated', 'Pay', 'PaymentApproved'];
    const turned = [
      'ApproveTicket',
      'ErrorEventMessage',
      'RefundPayment',
      'PaymentRefunded',
      'RejectTicket',
      'TicketRejected',
    ];
    const told: [type: string, sentBy: string, receivedBy: string][] = [];
    for (let nodes = story; nodes.length > 0; nodes = nodes[0].caused) {
      expect(nodes).toHaveLength(1);
      told.push([nodes[0].type, nodes[0].sent[0].service, nodes[0].received[0].service]);
    }
    expect(told.map(([type]) => type)).toEqual([...chain, ...turned]);
    const by = ['user', 'kitchen', 'payment', 'kitchen', 'payment', 'kitchen'];
    expect(told.map(([, sentBy]) => sentBy)).toEqual(by.flatMap((name) => ['order', name]));
    expect(told.map(([, , receivedBy]) => receivedBy)).toEqual(by.flatMap((name) => [name, 'order']));
    expect((await fetch(`${url()}/orders/00000000-0000-7000-8000-000000000000/story`)).status).toBe(404);
  });

  test('an order that is cancelled at once is rejected and undone, or it is too late and it is approved', async () => {
    const before = await get('/products/1');
    const orderId = await place(1, 1, 2);
    const { status } = await fetch(`${url()}/orders/${orderId}/cancel`, { method: 'POST' });
    const order = await ended(orderId);
    const code = status === 202 ? 'CANCELLED_BY_CUSTOMER' : undefined;
    expect([status, order.status, order.refusal?.code]).toEqual([
      code ? 202 : 409,
      code ? 'REJECTED' : 'APPROVED',
      code,
    ]);
    expect((await get('/products/1')).stock).toBe(before.stock - (code ? 0 : 2));
    expect((await fetch(`${url()}/orders/${orderId}/cancel`, { method: 'POST' })).status).toBe(status);
    const nobody = '00000000-0000-7000-8000-000000000000';
    expect((await fetch(`${url()}/orders/${nobody}/cancel`, { method: 'POST' })).status).toBe(404);
  });
}
