// The order system as it is, on Kafka and MySQL, its services in one process; each can be stopped and started again.
import { createRequire } from 'node:module';
import { dropDatabases, makeTopics } from './on-kafka.mjs';
import { fatal } from './program.mjs';

const load = createRequire(import.meta.url);

export class KitSystem {
  /** Resolves when its services run, on databases of their own, whose names begin with `prefix`. */
  static async open(addresses, prefix) {
    const system = await KitSystem.prepared(addresses, prefix);
    await system.start(system.names);
    return system;
  }

  /** Resolves when its topics are there, and no databases; none of its services runs. */
  static async prepared(addresses, prefix) {
    const { services } = load('../scripts/dist/services.js');
    const databases = services.map(({ name }) => `${prefix}${name}`);
    await dropDatabases(addresses, databases);
    return new KitSystem(addresses, { topics: await makeTopics(addresses, services), databases, prefix });
  }

  constructor(addresses, facts) {
    const { services } = load('../scripts/dist/services.js');
    Object.assign(this, { services, addresses, facts, running: new Map() });
  }

  get names() {
    return this.services.map(({ name }) => name);
  }

  async start(names) {
    const { serviceSettings, settingsFrom, startOnKafka } = load('saga-kit/tools');
    const own = { PORT: '0', HOST: '127.0.0.1', SAMPLE_DATA: '1', LOG_LEVEL: 'error' };
    const env = { ...this.addresses, ...own, MYSQL_DATABASE_PREFIX: this.facts.prefix };
    const settings = settingsFrom(serviceSettings, env);
    const named = this.services.filter(({ name }) => names.includes(name));
    const started = await Promise.all(named.map((service) => startOnKafka(service, settings, fatal)));
    named.forEach(({ name }, index) => this.running.set(name, started[index]));
  }

  async stop(names = [...this.running.keys()]) {
    for (const name of names) {
      await this.running.get(name)?.stop();
      this.running.delete(name);
    }
  }

  /** Places an order, by a call. Resolves with its id. */
  async place(order) {
    const { PlaceOrder } = load('../order/dist/application/place-order.js');
    const [{ container }] = this.running.get('order').services;
    return (await container.get(PlaceOrder).execute(order)).orderId;
  }
}
