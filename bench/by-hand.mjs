// What the two systems that are written by hand have in common: the way of an order, and what it is on Kafka and MySQL.
import { Kafka, logLevel } from 'kafkajs';
import { createConnection, createPool } from 'mysql2/promise';
import { guardIdleTimers } from 'saga-kit/kafka';
import { dropDatabases, partitions } from './on-kafka.mjs';

/** The eight hops of an order, by the topic of each, in their order, and who listens there. */
export const hops = [
  { topic: 'check-user', service: 'user' },
  { topic: 'user-checked', service: 'order' },
  { topic: 'create-ticket', service: 'kitchen' },
  { topic: 'ticket-created', service: 'order' },
  { topic: 'pay', service: 'payment' },
  { topic: 'paid', service: 'order' },
  { topic: 'approve-ticket', service: 'kitchen' },
  { topic: 'ticket-approved', service: 'order' },
];
export const services = ['order', 'user', 'kitchen', 'payment'];
export const price = 300;

/** What every message says. */
export const messageSchema = {
  type: 'record',
  name: 'Message',
  namespace: 'bench',
  fields: [
    { name: 'txId', type: 'string' },
    { name: 'orderId', type: 'long' },
    { name: 'status', type: 'string' },
    { name: 'amount', type: 'long' },
  ],
};

/** New topics, a new database with these tables, and who speaks to them. */
export async function openByHand({ addresses, name, tables, connections }) {
  guardIdleTimers(); // a system that has nothing to do is not to be in the way of the others
  const database = `bench_${name}`;
  const { KAFKA_BROKERS, MYSQL_URL: uri } = addresses;
  await dropDatabases(addresses, [database]);
  const connection = await createConnection({ uri });
  await connection.query(`create database ${database}`);
  await connection.end();
  const pool = createPool({ uri, database, connectionLimit: connections, multipleStatements: true });
  for (const table of tables) await pool.query(`create table ${table}`);
  const kafka = new Kafka({ clientId: name, brokers: KAFKA_BROKERS.split(','), logLevel: logLevel.ERROR });
  const suffix = Date.now().toString(36);
  const topics = hops.map(({ topic }) => `${name}-${topic}-${suffix}`);
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({
    waitForLeaders: true,
    topics: topics.map((topic) => ({ topic, numPartitions: partitions })),
  });
  await admin.disconnect();
  const groupOf = (service) => `${name}-${service}-${suffix}`;
  return { kafka, pool, topics, groupOf, facts: { topics, databases: [database] } };
}

/** Listens for a service, while it is told to. */
export class Listener {
  constructor({ kafka, topics, groupOf }, service, maxWaitTimeInMs) {
    this.topics = topics.filter((_, hop) => hops[hop].service === service);
    this.consumer = kafka.consumer({ groupId: groupOf(service), maxWaitTimeInMs });
  }

  async connect() {
    await this.consumer.connect();
    await this.consumer.subscribe({ topics: this.topics, fromBeginning: true });
  }

  /** Resolves when it has its partitions. */
  async listen(how) {
    const { consumer } = this;
    const joined = new Promise((resolve) => {
      const forget = consumer.on(consumer.events.GROUP_JOIN, () => resolve(forget()));
    });
    await consumer.run(how);
    await joined;
  }

  /** It leaves its group, and asks for nothing until it listens again. */
  rest() {
    return this.consumer.stop();
  }

  close() {
    return this.consumer.disconnect();
  }
}
