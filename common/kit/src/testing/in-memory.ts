import type { Event, Message, Refusal } from '../contract';
import type { Dispatcher } from '../dispatcher';
import type { KitPorts, Outbox, Ports, Repository, RowId, UnitOfWork, UnitOfWorkToken } from '../ports';
import { ManualClock } from './manual-clock';

/** A repository for a test of one handler or use case, with these items in it. */
export function inMemory<Item, Id extends RowId = string>(
  idOf: (item: Item) => Id,
  ...items: readonly Item[]
): Repository<Item, Id> {
  const byId = new Map(items.map((item) => [idOf(item), item]));
  return {
    get: async (id) => byId.get(id),
    getAll: async (ids) => ids.map((id) => byId.get(id)),
    put: (item) => void byId.set(idOf(item), item),
    add: (item) => {
      if (byId.has(idOf(item))) throw new Error(`${idOf(item)} is there already`);
      byId.set(idOf(item), item);
    },
    delete: (id) => void byId.delete(id),
  };
}

/**
 * A unit of work for a test of one handler or use case: these repositories, ids that count (`id-1`, `id-2`, …), a clock
 * that stands still, an outbox that knows what was delayed (`event-1`, `event-2`, …), and the publishers that the test mocks:
 * `{ outbox: { add: jest.fn() } }`, `{ sagas: { begin: jest.fn() } }`.
 */
export function workOf<Own, E extends Event>(
  _token: UnitOfWorkToken<Own, E>,
  repositories: Own,
  mocks: Mocks<E> = {},
): UnitOfWork<Own, E> & { readonly ports: Ports<Own, E> } {
  let ids = 0;
  const kit: KitPorts<E> = {
    ids: mocks.ids ?? { next: () => `id-${++ids}` },
    clock: mocks.clock ?? new ManualClock(),
    outbox: Object.assign(forgetfulOutbox(), mocks.outbox),
    sagas: { begin: async () => {}, cancel: async () => 'CANCELLED', ...mocks.sagas },
  };
  const ports: Ports<Own, E> = { ...repositories, ...kit };
  return { ports, run: (work) => work(ports), read: (look) => look(repositories) };
}

/** What a test plays itself of the kit's ports. */
type Mocks<E extends Event> = Partial<Omit<KitPorts<E>, 'outbox' | 'sagas'>> & {
  readonly outbox?: Partial<KitPorts<E>['outbox']>;
  readonly sagas?: Partial<KitPorts<E>['sagas']>;
};

/** Sends nothing, and knows only which delayed events wait. */
function forgetfulOutbox(): Outbox {
  let events = 0;
  const waiting = new Set<string>();
  return {
    add: (_process, _event, when) => {
      const id = `event-${++events}`;
      if (when) waiting.add(id);
      return id;
    },
    cancel: async (id) => waiting.delete(id),
  };
}

/** What a dispatcher answers to a message: its reply, a refusal, or the events that follow. */
export function handled<Own, E extends Event>(
  { handlers }: Dispatcher<Own, E>,
  { contract, payload }: Message,
  { ports }: { readonly ports: Ports<Own, E> },
): Promise<Message | Refusal | readonly Message[]> {
  const handler = handlers[contract.name];
  if (!handler) throw new Error(`this dispatcher does not listen to ${contract.name}`);
  const process = { target: 'A_TEST', txId: 'tx-1', causationId: 'a-test' };
  const id = `${process.target}/${process.txId}/${contract.name}`;
  return handler({ id, ...process, occurredAt: ports.clock.now(), message: payload }, ports);
}
