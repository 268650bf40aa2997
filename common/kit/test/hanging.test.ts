import { orderingKeyTable, type Session, type Stores } from 'saga-kit/runtime';
import { worldWith, type World } from 'saga-kit/testing';
import { aShop, Audited } from './a-shop';

let world: World;
afterEach(() => world.close());

/** Calls back, and takes a turn, in the middle of each commit that sets a message aside. */
const whileSettingAside = (stores: Stores, call: () => void): Stores => ({
  ...stores,
  database: {
    look: (wanted) => stores.database.look(wanted),
    close: () => stores.database.close(),
    open: async (instance): Promise<Session> => {
      const session = await stores.database.open(instance);
      const commit = session.commit.bind(session);
      session.commit = async (commitNumber, rows, outbox) => {
        if (rows.has(orderingKeyTable)) call();
        await new Promise<void>((over) => void setImmediate(over));
        return commit(commitNumber, rows, outbox);
      };
      return session;
    },
  },
});

test('a handler that was given up and ends after all, while its message is set aside, has handled nothing', async () => {
  let wake: (() => void) | undefined;
  const { literal } = aShop(() => {
    if (!wake) return new Promise<void>((resolve) => (wake = resolve));
  });
  world = await worldWith({ stores: (stores) => whileSettingAside(stores, () => wake?.()) }, literal);
  await world.send(Audited.of({ item: 'x', count: 1 }), { target: 'T', txId: 'a', id: 'audit' });
  await world.pass(60_000);
  const inbox = await world.storesOf('shop').reader.query((knex) => knex('kit_inbox'));
  expect(inbox).toMatchObject([{ id: 'a/audit', outcome: 'handled' }]);
});
