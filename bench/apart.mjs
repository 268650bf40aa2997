// The order system on Kafka and MySQL, a process for each of its services, in one of which orders are placed by a call.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { KitSystem } from './kit-system.mjs';
import { Ends, observeEnds } from './observer.mjs';
import { newOrders } from './orders.mjs';
import { program } from './program.mjs';

const ownName = 'order';
const service = fileURLToPath(new URL('apart-service.mjs', import.meta.url));

async function open({ addresses, roundTrips }) {
  const ends = new Ends();
  observeEnds('mysql', (orderIds) => ends.ended(orderIds));
  const [system, nextOrder] = [await KitSystem.prepared(addresses, 'bench_apart_'), newOrders()];
  const others = system.names
    .filter((name) => name !== ownName)
    .map((name) => new Other(name, addresses, system.facts));
  await Promise.all([system.start([ownName]), ...others.map((other) => other.answer())]);
  return {
    facts: { ...system.facts, pid: process.pid },
    place: async () => ends.of(await system.place(nextOrder())),
    roundTrips: async () => {
      const each = await Promise.all(others.map((other) => other.roundTrips()));
      return each.reduce((sum, count) => sum + count, roundTrips());
    },
    close: async () => {
      await system.stop();
      await Promise.all(others.map((other) => other.stop()));
    },
  };
}

/** Another service, in a process of its own, which ends when this one is gone. */
class Other {
  constructor(name, addresses, facts) {
    this.child = fork(service, [name, JSON.stringify(facts)], { env: { ...process.env, ...addresses } });
    this.child.once('exit', (code) => code && process.exit(1));
  }

  async answer() {
    const [answer] = await once(this.child, 'message');
    return answer;
  }

  roundTrips() {
    const answer = this.answer();
    this.child.send('round trips?');
    return answer;
  }

  async stop() {
    const gone = once(this.child, 'exit');
    this.child.disconnect();
    await gone;
  }
}

program({
  name: 'apart',
  what: 'a process for each service, on Kafka and MySQL',
  needs: ['kafka', 'registry', 'mysql'],
  open,
});
