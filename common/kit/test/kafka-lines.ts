import type { Socket } from 'node:net';
import { connect } from 'node:net';
import { ConnectionPool, type Broker as Address, type Connection } from '@platformatic/kafka';
import * as library from '@platformatic/kafka';
import { Kafka, logLevel, type Admin, type ITopicConfig } from 'kafkajs';
import { until } from '../src/conformance/until';
import { guardIdleTimers, KafkaBroker } from '../src/kafka';
import { PlatformaticBroker } from '../src/kafka/platformatic';
import type { Broker, Log } from '../src/runtime';

export interface LineOptions {
  readonly clientId: string;
  readonly sessionTimeoutMs: number;
  readonly log: Log;
}

/** The connections of a process, which can be cut at once, as when it is killed. */
export interface KafkaLine {
  broker(options: LineOptions): Broker;
  cut(): void;
  mend(): void;
}

const brokers = (): string[] => process.env.KAFKA_BROKERS!.split(',');
const nowhere = { host: '127.0.0.1', port: 1 };

export const silent: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** Not cut by anything. */
export function kafkaAdmin(): Admin {
  guardIdleTimers();
  return new Kafka({ clientId: 'a-test', brokers: brokers(), logLevel: logLevel.NOTHING }).admin();
}

/** Resolves when it can be used. A broker that has made a topic may say for a moment that it is not there. */
export async function createTopic(admin: Admin, topic: ITopicConfig): Promise<void> {
  const topics = [{ replicationFactor: 1, ...topic }];
  await admin.createTopics({ topics, waitForLeaders: true }).catch((error: { readonly type?: string }) => {
    if (error.type !== 'UNKNOWN_TOPIC_OR_PARTITION') throw error;
    return until('a topic that was made is there', () => hasLeaders(topic.topic));
  });
}

/** Asked over a connection of its own: one that was told no once does not ask again. */
async function hasLeaders(topic: string): Promise<boolean> {
  const admin = kafkaAdmin();
  await admin.connect();
  const found = await admin.fetchTopicMetadata({ topics: [topic] }).catch(() => undefined);
  await admin.disconnect();
  return found !== undefined;
}

export class KafkajsLine implements KafkaLine {
  private readonly sockets = new Set<Socket>();
  private dead = false;

  broker(options: LineOptions): Broker {
    const kafka = new Kafka({
      clientId: options.clientId,
      brokers: brokers(),
      logLevel: logLevel.NOTHING,
      retry: { initialRetryTime: 50, maxRetryTime: 100, retries: 5 },
      socketFactory: ({ host, port, onConnect }) => {
        const socket = connect(this.dead ? nowhere : { host, port }, onConnect);
        this.sockets.add(socket);
        return socket;
      },
    });
    return new KafkaBroker({ kafka, ...options });
  }

  mend(): void {
    this.dead = false;
  }

  cut(): void {
    this.dead = true;
    for (const socket of this.sockets) socket.destroy(new Error('the line is cut'));
  }
}

export class PlatformaticLine implements KafkaLine {
  private readonly connections = new Set<Connection>();
  private dead = false;

  broker(options: LineOptions): Broker {
    const pool = (requestTimeout: number): ConnectionPool => {
      const own = new ConnectionPool(options.clientId, { connectTimeout: 3_000, requestTimeout });
      own.on('connecting', ({ connection }) => this.connections.add(connection));
      const get = own.get.bind(own) as (broker: Address, callback: unknown) => Promise<Connection>;
      return Object.assign(own, {
        get: (broker: Address, callback: unknown) => get(this.dead && broker ? nowhere : broker, callback),
      });
    };
    const client = { library, brokers: brokers().map((broker) => library.parseBroker(broker)), pool };
    return new PlatformaticBroker({ client, ...options });
  }

  mend(): void {
    this.dead = false;
  }

  cut(): void {
    this.dead = true;
    for (const { socket } of this.connections) socket?.destroy(new Error('the line is cut'));
  }
}
