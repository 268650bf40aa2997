// The same eight hops, durable, by the least that can do it: each service takes what waits into one transaction, with
// inbox and outbox, and sends it in one go. It does a little less than the kit: it compensates nothing, looks at no
// duplicate, parks nothing, keeps no history and has no deadlines.
import { randomUUID } from 'node:crypto';
import avro from 'avsc';
import { hops, Listener, messageSchema, openByHand, price, services } from './by-hand.mjs';
import { program } from './program.mjs';

const tables = [
  'orders (id bigint primary key auto_increment, user_id bigint, status varchar(20), tx varchar(40))',
  'tickets (order_id bigint primary key, status varchar(20))',
  'payments (order_id bigint primary key, total bigint, status varchar(20))',
  'inbox (service varchar(16), id varchar(64), primary key (service, id))',
  'outbox (id bigint primary key auto_increment, topic varchar(60), message_key varchar(40), value varbinary(2000))',
];
const maxWaitTimeInMs = 50;
const batchMax = 500;
const placedMax = 256;
const commitEveryMs = 500;
const cleanEveryMs = 200;
const schema = avro.Type.forSchema(messageSchema);

/** What a batch does with its messages of a hop, where it does anything. */
const statements = {
  'check-user': () => ['select 1', []],
  'create-ticket': (orderIds) => ['insert into tickets values ?', [orderIds.map((id) => [id, 'PENDING'])]],
  pay: (orderIds) => ['insert into payments values ?', [orderIds.map((id) => [id, price, 'APPROVED'])]],
  'approve-ticket': (orderIds) => ['update tickets set status = ? where order_id in (?)', ['APPROVED', orderIds]],
  'ticket-approved': (orderIds) => ['update orders set status = ? where id in (?)', ['APPROVED', orderIds]],
};

async function open({ addresses }) {
  const byHand = await openByHand({ addresses, name: 'limit', tables, connections: 24 });
  const { kafka, pool } = byHand;
  const ended = new Map();
  const outbox = new Outbox(byHand);
  const end = (orderId) => {
    ended.get(orderId)?.();
    ended.delete(orderId);
  };
  const lanes = services.map((service) => new Lane(byHand, service, outbox, end));
  const each = (what) => Promise.all(lanes.map(what));
  await each((lane) => lane.connect());
  const orders = new Orders(pool, outbox, kafka.producer(), ended);
  await orders.connect();
  return {
    facts: byHand.facts,
    wake: () => each((lane) => lane.listen()),
    place: () => orders.place(),
    rest: () => each((lane) => lane.rest()),
    close: async () => {
      await each((lane) => lane.close());
      await orders.close();
      await outbox.close();
      await pool.end();
    },
  };
}

/** What is to be sent, and is removed some time after it was. */
class Outbox {
  constructor({ pool, topics }) {
    Object.assign(this, { pool, topics, sent: [] });
    this.timer = setInterval(() => void this.clean(), cleanEveryMs);
  }

  /** Keeps messages of some hops in a transaction; what it resolves with sends them. */
  async keep(connection, messages) {
    const rows = messages.map(({ hop, orderId, ...rest }) => {
      const value = schema.toBuffer({ orderId, ...rest });
      return [this.topics[hop], String(orderId), value];
    });
    const [{ insertId }] = await connection.query('insert into outbox (topic, message_key, value) values ?', [rows]);
    const byTopic = Map.groupBy(rows, ([topic]) => topic);
    const topicMessages = [...byTopic].map(([topic, own]) => ({
      topic,
      messages: own.map(([, key, value]) => ({ key, value })),
    }));
    return async (producer) => {
      await producer.sendBatch({ acks: -1, topicMessages });
      this.sent.push([insertId, insertId + rows.length - 1]);
    };
  }

  async clean() {
    const ranges = this.sent.splice(0);
    if (ranges.length === 0) return;
    await this.pool.query(ranges.map(() => 'delete from outbox where id between ? and ?').join(';'), ranges.flat());
  }

  async close() {
    clearInterval(this.timer);
    await this.clean();
  }
}

/** A service: it has one transaction at a time, for all that waits. */
class Lane {
  constructor(byHand, service, outbox, ended) {
    Object.assign(this, { byHand, service, outbox, ended, waiting: [], offsets: new Map(), isBusy: false });
    this.producer = byHand.kafka.producer();
    this.listener = new Listener(byHand, service, maxWaitTimeInMs);
  }

  async connect() {
    await this.producer.connect();
    await this.listener.connect();
  }

  async listen() {
    await this.listener.listen({
      autoCommit: false,
      partitionsConsumedConcurrently: 12,
      eachBatchAutoResolve: false,
      eachBatch: async ({ batch, resolveOffset }) => {
        this.take(batch);
        resolveOffset(batch.lastOffset());
      },
    });
    this.timer = setInterval(() => void this.commitOffsets(), commitEveryMs);
  }

  take({ topic, partition, messages }) {
    const hop = this.byHand.topics.indexOf(topic);
    for (const { value, offset } of messages)
      this.waiting.push({ hop, topic, partition, offset, ...schema.fromBuffer(value) });
    void this.work();
  }

  async work() {
    if (this.isBusy) return;
    this.isBusy = true;
    while (this.waiting.length > 0) await this.transact(this.waiting.splice(0, batchMax));
    this.isBusy = false;
  }

  async transact(messages) {
    const connection = await this.byHand.pool.getConnection();
    let send;
    try {
      await connection.query('begin');
      const ids = messages.map(({ txId, hop }) => [this.service, `${txId}:${hop}`]);
      await connection.query('insert ignore into inbox values ?', [ids]);
      for (const [hop, own] of Map.groupBy(messages, ({ hop }) => hop)) {
        const statement = statements[hops[hop].topic]?.(own.map(({ orderId }) => orderId));
        if (statement) await connection.query(...statement);
      }
      const answers = messages.filter(({ hop }) => hop + 1 < hops.length);
      if (answers.length > 0) send = await this.outbox.keep(connection, answers.map(answerTo));
      await connection.query('commit');
    } finally {
      connection.release();
    }
    for (const { topic, partition, offset } of messages)
      this.offsets.set(`${topic}/${partition}`, { topic, partition, offset: String(BigInt(offset) + 1n) });
    for (const { hop, orderId } of messages) if (hop + 1 === hops.length) this.ended(orderId);
    await send?.(this.producer);
  }

  async commitOffsets() {
    const offsets = [...this.offsets.values()];
    this.offsets.clear();
    if (offsets.length > 0) await this.listener.consumer.commitOffsets(offsets);
  }

  async rest() {
    clearInterval(this.timer);
    await this.commitOffsets();
    await this.listener.rest();
  }

  async close() {
    await this.listener.close();
    await this.producer.disconnect();
  }
}

const answerTo = ({ hop, txId, orderId }) => ({ hop: hop + 1, txId, orderId, status: 'OK', amount: price });

/** Takes orders: those that come meanwhile share the next transaction. */
class Orders {
  constructor(pool, outbox, producer, ended) {
    Object.assign(this, { pool, outbox, producer, ended, waiting: [], isBusy: false });
  }

  connect() {
    return this.producer.connect();
  }

  place() {
    return new Promise((resolve) => {
      this.waiting.push({ txId: randomUUID(), resolve });
      void this.work();
    });
  }

  async work() {
    if (this.isBusy) return;
    this.isBusy = true;
    while (this.waiting.length > 0) await this.transact(this.waiting.splice(0, placedMax));
    this.isBusy = false;
  }

  async transact(placed) {
    const connection = await this.pool.getConnection();
    let send;
    try {
      await connection.query('begin');
      const rows = placed.map(({ txId }) => [1, 'PENDING', txId]);
      const [{ insertId }] = await connection.query('insert into orders (user_id, status, tx) values ?', [rows]);
      const messages = placed.map(({ txId, resolve }, index) => {
        const orderId = insertId + index;
        this.ended.set(orderId, () => resolve(orderId));
        return { hop: 0, txId, orderId, status: 'PENDING', amount: 0 };
      });
      send = await this.outbox.keep(connection, messages);
      await connection.query('commit');
    } finally {
      connection.release();
    }
    await send(this.producer);
  }

  close() {
    return this.producer.disconnect();
  }
}

program({
  name: 'limit',
  what: 'the same eight hops, durable by the least that can do it',
  needs: ['kafka', 'mysql'],
  open,
});
