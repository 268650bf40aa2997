// The order system as it is, on SQLite files and the embedded broker, all in one process: orders are placed by a call.
import { createRequire } from 'node:module';
import { Ends, observeEnds } from './observer.mjs';
import { newOrders } from './orders.mjs';
import { fatal, program } from './program.mjs';

const load = createRequire(import.meta.url);

async function open({ folder }) {
  const { embeddedSettings, settingsFrom, startEmbedded } = load('saga-kit/tools');
  const { PlaceOrder } = load('../order/dist/application/place-order.js');
  const { services } = load('../scripts/dist/services.js');
  const ends = new Ends();
  observeEnds('sqlite', (orderIds) => ends.ended(orderIds));
  const env = { PORT: '0', HOST: '127.0.0.1', DATA_DIR: folder, LOG_LEVEL: 'error' };
  const system = await startEmbedded(services, settingsFrom(embeddedSettings, env), fatal);
  const { container } = system.services.find(({ name }) => name === 'order');
  const [placeOrder, nextOrder] = [container.get(PlaceOrder), newOrders()];
  return {
    facts: { folder },
    place: async () => ends.of((await placeOrder.execute(nextOrder())).orderId),
    close: () => system.stop(),
  };
}

program({
  name: 'embedded',
  what: 'the four services in one process, on SQLite and the embedded broker',
  needs: [],
  open,
});
