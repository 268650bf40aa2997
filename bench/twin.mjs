// The same eight hops as they are mostly written: a handler for each message, a statement or two on a pool, a send. No
// outbox, no inbox, no saga: an order is lost, or done twice, wherever a process dies.
import { randomUUID } from 'node:crypto';
import { SchemaRegistry, SchemaType } from '@kafkajs/confluent-schema-registry';
import { hops, Listener, messageSchema, openByHand, price, services } from './by-hand.mjs';
import { program } from './program.mjs';

const tables = [
  'orders (id bigint primary key auto_increment, user_id bigint, status varchar(20), tx varchar(40))',
  'tickets (id bigint primary key auto_increment, order_id bigint, status varchar(20), index (order_id))',
  'payments (id bigint primary key auto_increment, order_id bigint, total bigint, status varchar(20))',
];
const maxWaitTimeInMs = 100;

async function open({ addresses }) {
  const byHand = await openByHand({ addresses, name: 'twin', tables, connections: 16 });
  const { kafka, pool, topics } = byHand;
  const registry = new SchemaRegistry({ host: addresses.SCHEMA_REGISTRY_URL });
  const schema = { type: SchemaType.AVRO, schema: JSON.stringify(messageSchema) };
  const { id: schemaId } = await registry.register(schema, { subject: 'bench.Message' });
  const producer = kafka.producer();
  await producer.connect();
  const send = async (hop, message) => {
    const value = await registry.encode(schemaId, message);
    await producer.send({ topic: topics[hop], acks: -1, messages: [{ key: String(message.orderId), value }] });
  };
  const ended = new Map();
  const handlers = handlersOn(pool, send, (orderId) => {
    ended.get(orderId)?.();
    ended.delete(orderId);
  });
  const eachMessage = async ({ topic, message: { value } }) =>
    handlers[topics.indexOf(topic)](await registry.decode(value));
  const listeners = services.map((service) => new Listener(byHand, service, maxWaitTimeInMs));
  const each = (what) => Promise.all(listeners.map(what));
  await each((listener) => listener.connect());
  const wake = () => each((listener) => listener.listen({ partitionsConsumedConcurrently: 3, eachMessage }));
  const rest = () => each((listener) => listener.rest());
  const place = async () => {
    const txId = randomUUID();
    const insert = 'insert into orders (user_id, status, tx) values (?, ?, ?)';
    const [{ insertId: orderId }] = await pool.query(insert, [1, 'PENDING', txId]);
    const end = new Promise((resolve) => ended.set(orderId, resolve));
    await send(0, { txId, orderId, status: 'PENDING', amount: 0 });
    await end;
    return orderId;
  };
  const close = async () => {
    await each((listener) => listener.close());
    await producer.disconnect();
    await pool.end();
  };
  return { facts: byHand.facts, wake, place, rest, close };
}

/** What is done with a message of each hop. */
function handlersOn(pool, send, ended) {
  const passOn = (hop) => (message) => send(hop + 1, message);
  const own = {
    'check-user': async (message) => {
      await pool.query('select 1');
      await send(1, { ...message, status: 'NORMAL' });
    },
    'create-ticket': async (message) => {
      await pool.query('insert into tickets (order_id, status) values (?, ?)', [message.orderId, 'PENDING']);
      await send(3, { ...message, amount: price });
    },
    pay: async (message) => {
      const insert = 'insert into payments (order_id, total, status) values (?, ?, ?)';
      await pool.query(insert, [message.orderId, message.amount, 'APPROVED']);
      await send(5, message);
    },
    'approve-ticket': async (message) => {
      await pool.query('update tickets set status = ? where order_id = ?', ['APPROVED', message.orderId]);
      await send(7, message);
    },
    'ticket-approved': async ({ orderId }) => {
      await pool.query('update orders set status = ? where id = ?', ['APPROVED', orderId]);
      ended(orderId);
    },
  };
  return hops.map(({ topic }, hop) => own[topic] ?? passOn(hop));
}

program({
  name: 'twin',
  what: 'the same eight hops as they are mostly written, with nothing durable',
  needs: ['kafka', 'registry', 'mysql'],
  open,
});
