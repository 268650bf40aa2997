import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import { connect } from 'node:net';
import { Kafka, logLevel } from 'kafkajs';
import { given } from '../../test/given';
import { brokerCases, caseMs, type BrokerFeatures, type BrokerUnderTest } from '../testing';
import type { Log } from '../runtime';
import { KafkaBroker } from './kafka-broker';

const features: BrokerFeatures = { durable: 'yes', sharing: 'yes' };
const partitions = 4;

given('KAFKA_BROKERS')('Kafka', () => {
  for (const { name, run } of brokerCases(open, features)) test(name, run, caseMs);
});

async function open(): Promise<BrokerUnderTest> {
  const brokers: KafkaBroker[] = [];
  const lines: Line[] = [];
  const openAs = (clientId: string) => {
    const line = new Line();
    lines.push(line);
    const broker = new KafkaBroker({ kafka: line.kafka(clientId), clientId, sessionTimeoutMs: 10_000, log: silent });
    brokers.push(broker);
    return broker;
  };
  const clientId = randomUUID();
  const admin = new Line().kafka('a-test').admin();
  await admin.connect();
  const topics: string[] = [];
  return {
    broker: openAs(clientId),
    partitions,
    topic: async () => {
      const topic = `conformance-${randomUUID()}`;
      await admin.createTopics({ topics: [{ topic, numPartitions: partitions, replicationFactor: 1 }] });
      topics.push(topic);
      return topic;
    },
    restart: async () => {
      lines[0]!.cut();
      return openAs(clientId);
    },
    another: async () => openAs(randomUUID()),
    close: async () => {
      await Promise.all(brokers.map((broker) => broker.close()));
      await admin.deleteTopics({ topics });
      await admin.disconnect();
    },
  };
}

const silent: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** The connections of a process, which can be cut at once, as when it is killed. */
class Line {
  private readonly sockets = new Set<Socket>();
  private dead = false;

  kafka(clientId: string): Kafka {
    return new Kafka({
      clientId,
      brokers: process.env.KAFKA_BROKERS!.split(','),
      logLevel: logLevel.NOTHING,
      retry: { initialRetryTime: 50, maxRetryTime: 100, retries: 5 },
      socketFactory: ({ host, port, onConnect }) => {
        const socket = connect(this.dead ? { host: '127.0.0.1', port: 1 } : { host, port }, onConnect);
        this.sockets.add(socket);
        return socket;
      },
    });
  }

  cut(): void {
    this.dead = true;
    for (const socket of this.sockets) socket.destroy(new Error('the line is cut'));
  }
}
