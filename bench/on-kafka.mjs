// What has to be there before a system starts on Kafka and MySQL.
import { createRequire } from 'node:module';
import { createConnection } from 'mysql2/promise';

const load = createRequire(import.meta.url);

/** Of every topic, whoever uses it. */
export const partitions = 3;

/** Makes the topics and registers the schemas of the order system, as one does before it is started; resolves with the topics. */
export async function makeTopics(addresses, services) {
  const { ownCommand } = load('@saga-kit/cli/internal/start/start-processes');
  const { trafficOf } = load('@saga-kit/cli/internal/command/traffic');
  const { sagaKit } = load('../scripts/dist/root.js');
  await ownCommand(addresses, sagaKit.args('topics', 'create', '--partitions', `${partitions}`));
  await ownCommand(addresses, sagaKit.args('schemas', 'register'));
  return trafficOf(services).topics;
}

/** Nothing is left of what ran on the same server before. */
export async function dropDatabases({ MYSQL_URL: uri }, databases) {
  const connection = await createConnection({ uri });
  try {
    for (const database of databases) await connection.query(`drop database if exists \`${database}\``);
  } finally {
    await connection.end();
  }
}
