import type { Broker, Session, Stores } from 'saga-kit/runtime';
import { worldWith, type World } from 'saga-kit/testing';
import { aShop } from './a-shop';

let world: World;
afterEach(() => world.close());

test('a service that cannot join its group has let go of its connections and its instance lock', async () => {
  const open = new Set<Session>();
  let isAway = true;
  const stores = ({ database, ...others }: Stores): Stores => ({
    ...others,
    database: {
      look: (wanted) => database.look(wanted),
      close: () => database.close(),
      open: async (instance) => {
        const session = await database.open(instance);
        const close = session.close.bind(session);
        session.close = () => close().finally(() => open.delete(session));
        open.add(session);
        return session;
      },
    },
  });
  const broker = (real: Broker): Broker => ({
    publish: (records) => real.publish(records),
    ends: (topics) => real.ends(topics),
    committed: (group, topics) => real.committed(group, topics),
    close: () => real.close(),
    subscribe: async (wanted) => {
      if (isAway) throw new Error('the test has taken the broker away');
      return real.subscribe(wanted);
    },
  });
  const { literal } = aShop();
  world = await worldWith({ stores, broker });
  await expect(world.start(literal)).rejects.toThrow('the test has taken the broker away');
  expect(open.size).toBe(0);
  isAway = false;
  await world.start(literal);
  expect(open.size).toBe(2);
});
