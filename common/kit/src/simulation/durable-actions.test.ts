import type { Broker } from '../runtime';
import { openSqlite } from '../sql';
import { DurableActions, type Fates } from './durable-actions';

/** Each answer is on its way for good. */
const slow: Fates = { of: () => 'done', answerMs: () => 1_000, isDown: () => false };
const process = { service: 'shop', instance: 'shop-1', die: () => {}, pause: () => new Promise<void>(() => {}) };

test('who dies before they see that they have an instance lock has none', async () => {
  const stores = await openSqlite({ file: ':memory:', migrations: [] });
  const actions = new DurableActions(process, slow, () => {});
  void actions.stores(stores).instanceLocks.take('shop-1', () => {});
  await new Promise((turn) => setImmediate(turn));
  expect(await stores.instanceLocks.take('shop-1', () => {})).toBeUndefined();
  actions.bury();
  expect(await stores.instanceLocks.take('shop-1', () => {})).toBeDefined();
  await stores.database.close();
});

test('who dies before they see that they are a member of a group is none', async () => {
  const actions = new DurableActions(process, slow, () => {});
  const closed: string[] = [];
  const subscribe = async () => ({ close: async () => void closed.push('closed') });
  const broker = actions.broker({ subscribe } as unknown as Broker);
  void broker.subscribe({ group: 'shop', topics: [], receive: () => {}, reassigned: () => {} });
  await new Promise((turn) => setImmediate(turn));
  actions.bury();
  expect(closed).toEqual(['closed']);
});
