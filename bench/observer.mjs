// Sees from inside a process what its commits end, and how often it asks MySQL. What is measured knows nothing of it, and
// nobody has to poll.
import { createRequire } from 'node:module';

const load = createRequire(import.meta.url);
const sessions = {
  mysql: () => load('../common/kit/dist/sql/mysql/mysql-session.js').MysqlSession,
  sqlite: () => load('../common/kit/dist/sql/sqlite/sqlite-session.js').SqliteSession,
};

/** Calls `ended` with the ids of the orders whose end a commit of this process has written, once it is durable. */
export function observeEnds(database, ended) {
  const { prototype } = sessions[database]();
  const { commit } = prototype;
  prototype.commit = async function (commitNumber, rows, outbox) {
    await commit.call(this, commitNumber, rows, outbox);
    const orderIds = endedIn(rows);
    if (orderIds.length > 0) ended(orderIds);
  };
}

function endedIn(rows) {
  for (const [{ name }, entries] of rows)
    if (name === 'orders')
      return entries.filter(({ write, item }) => write && item.status !== 'PENDING').map(({ id }) => id);
  return [];
}

/** Counts from now on how often this process asks MySQL something, however many statements that are. */
export function countRoundTrips() {
  const { prototype } = load('mysql2').Connection;
  let count = 0;
  for (const method of ['query', 'execute']) {
    const real = prototype[method];
    prototype[method] = function (...args) {
      count++;
      return real.apply(this, args);
    };
  }
  return () => count;
}

/** Orders that somebody waits for; an order may end before who has placed it knows its id. */
export class Ends {
  constructor() {
    this.waiting = new Map();
    this.early = new Set();
  }

  /** Resolves with the id when the order has ended. */
  of(orderId) {
    if (this.early.delete(orderId)) return orderId;
    return new Promise((resolve) => this.waiting.set(orderId, resolve));
  }

  ended(orderIds) {
    for (const orderId of orderIds) {
      const resolve = this.waiting.get(orderId);
      if (!resolve) this.early.add(orderId);
      else {
        this.waiting.delete(orderId);
        resolve(orderId);
      }
    }
  }
}
