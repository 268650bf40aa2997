import type { Scenario, SimulatedSystem } from 'saga-kit/testing';
import { services } from '../services';
import { audit } from '../trial/audit';
import { booksOf } from '../trial/books';
import { withCancellations, type Cancelled } from '../trial/cancellations';
import { queryOf, Told } from './told';
import { plan, type Answered, type PlannedOrder } from '../trial/orders';

const cancelPercent = 40;

/** Orders of all endings, many of which their customers cancel, some twice at once. */
export function orderScenario(actions: number): Scenario {
  const answered = new Told<Answered>();
  return {
    name: 'the order system',
    services,
    actions,
    prepare: async (system) => {
      for (const { name } of services) await system.ask(name, (running) => running.loadSampleData());
    },
    act: async (system, { index, random }) => {
      const [planned] = withCancellations(plan(1, random, `order-${index}`), cancelPercent, random);
      const orderId = await placed(system, planned!);
      const cancelled = await cancelledBy(system, orderId, planned!);
      answered.of(system).push({ planned: planned!, orderId, cancelled });
    },
    audit: async (system) => {
      const books = await booksOf(queryOf(system));
      return audit(books, answered.of(system), new Set(books.orders.map(({ orderId }) => orderId)));
    },
  };
}

async function placed(system: SimulatedSystem, { key, body }: PlannedOrder): Promise<string> {
  const headers = { 'idempotency-key': key };
  const { status, body: answer } = await system.request({ method: 'POST', path: '/orders', headers, body });
  if (status !== 201) throw new Error(`order ${key} was answered ${status}: ${JSON.stringify(answer)}`);
  return answer.orderId;
}

async function cancelledBy(system: SimulatedSystem, orderId: string, { cancel }: PlannedOrder): Promise<Cancelled[]> {
  if (!cancel) return [];
  await system.pass(cancel.afterMs);
  const once = async (): Promise<Cancelled> => {
    const { status } = await system.request({ method: 'POST', path: `/orders/${orderId}/cancel` });
    if (status !== 202 && status !== 409) throw new Error(`the cancellation of ${orderId} was answered ${status}`);
    return status === 202 ? 'accepted' : 'too late';
  };
  return Promise.all(Array.from({ length: cancel.customers }, once));
}
