import { Kafka, logLevel, type KafkaConfig, type LogEntry } from 'kafkajs';
import type { Log } from '../runtime';
import { guardIdleTimers } from './idle-timer-guard';
import { tlsOf, type KafkaAddress } from './kafka-address';

/**
 * The kafkajs client of a process; connects when it is first used. Each call gives up after some ten seconds: whoever
 * calls knows better how long to go on. `allowAutoTopicCreation: false` has to be said to each producer and consumer.
 */
export function kafkaClient(address: KafkaAddress, clientId: string, log: Log): Kafka {
  guardIdleTimers();
  const tls = tlsOf(address);
  return new Kafka({
    clientId,
    brokers: [...address.KAFKA_BROKERS],
    ...(tls && { ssl: tls }),
    ...saslOf(address),
    connectionTimeout: 3_000,
    authenticationTimeout: 5_000,
    requestTimeout: 10_000, // enforced: kafkajs then counts the connection as gone
    retry: { initialRetryTime: 100, maxRetryTime: 2_000, retries: 5 },
    logLevel: logLevel.INFO, // its debug entries hold payloads
    logCreator: () => writing(log),
  });
}

function saslOf({
  KAFKA_SASL_MECHANISM: mechanism,
  KAFKA_USERNAME: username = '',
  KAFKA_PASSWORD: password = '',
}: KafkaAddress): Pick<KafkaConfig, 'sasl'> {
  if (!mechanism) return {};
  return { sasl: { mechanism: mechanism as 'plain', username, password } }; // their types are the same but for the name
}

/**
 * kafkajs calls an error what it is about to try again; what it gives up on it throws, and whoever catches that says so.
 * Of what it adds only ids and reasons are taken: the rest may hold stacks and values. While a broker is away it says the
 * same many times a second: here, each thing is said every ten seconds at the most.
 */
function writing(log: Log): (entry: LogEntry) => void {
  const saidMs = new Map<string, number>();
  return ({ namespace, level, log: { message, ...rest } }) => {
    if (level === logLevel.DEBUG) return; // KAFKAJS_LOG_LEVEL can switch it on
    const text = `kafkajs ${namespace}: ${message}`;
    const nowMs = performance.now();
    if (nowMs - (saidMs.get(text) ?? -quietMs) < quietMs) return;
    if (saidMs.size >= textsMax) saidMs.clear();
    saidMs.set(text, nowMs);
    const fields = Object.fromEntries(
      known.filter((name) => name in rest).map((name) => [name, rest[name] as unknown]),
    );
    log[level === logLevel.INFO ? 'info' : 'warn'](fields, text);
  };
}
const quietMs = 10_000;
const textsMax = 1_000;
const known = ['broker', 'error', 'groupId', 'memberId', 'topic', 'partition', 'retryCount', 'retryTime'] as const;
