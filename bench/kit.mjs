// The order system as it is, on Kafka and MySQL, its four services in one process: orders are placed by a call.
import { createRequire } from 'node:module';
import { Ends, observeEnds } from './observer.mjs';
import { newOrders } from './orders.mjs';
import { fatal, program } from './program.mjs';
import { dropDatabases, makeTopics } from './on-kafka.mjs';

const load = createRequire(import.meta.url);
const prefix = 'bench_kit_';

async function open({ addresses }) {
  const { serviceSettings, settingsFrom, startOnKafka } = load('saga-kit/tools');
  const { PlaceOrder } = load('../order/dist/application/place-order.js');
  const { services } = load('../scripts/dist/services.js');
  const databases = services.map(({ name }) => `${prefix}${name}`);
  await dropDatabases(addresses, databases);
  const topics = await makeTopics(addresses, services);
  const ends = new Ends();
  observeEnds('mysql', (orderIds) => ends.ended(orderIds));
  const own = { PORT: '0', HOST: '127.0.0.1', SAMPLE_DATA: '1', LOG_LEVEL: 'error', MYSQL_DATABASE_PREFIX: prefix };
  const settings = settingsFrom(serviceSettings, { ...addresses, ...own });
  const running = await Promise.all(services.map((service) => startOnKafka(service, settings, fatal)));
  const { container } = running.flatMap((each) => each.services).find(({ name }) => name === 'order');
  const [placeOrder, nextOrder] = [container.get(PlaceOrder), newOrders()];
  return {
    facts: { topics, databases, prefix },
    place: async () => ends.of((await placeOrder.execute(nextOrder())).orderId),
    close: async () => {
      for (const system of running) await system.stop();
    },
  };
}

program({
  name: 'kit',
  what: 'the four services in one process, on Kafka and MySQL',
  needs: ['kafka', 'registry', 'mysql'],
  open,
});
