// The order system as it is, on Kafka and MySQL, its four services in one process: orders are placed by a call.
import { KitSystem } from './kit-system.mjs';
import { Ends, observeEnds } from './observer.mjs';
import { newOrders } from './orders.mjs';
import { program } from './program.mjs';

async function open({ addresses }) {
  const ends = new Ends();
  observeEnds('mysql', (orderIds) => ends.ended(orderIds));
  const [system, nextOrder] = [await KitSystem.open(addresses, 'bench_kit_'), newOrders()];
  return {
    facts: system.facts,
    place: async () => ends.of(await system.place(nextOrder())),
    close: () => system.stop(),
  };
}

program({
  name: 'kit',
  what: 'the four services in one process, on Kafka and MySQL',
  needs: ['kafka', 'registry', 'mysql'],
  open,
});
