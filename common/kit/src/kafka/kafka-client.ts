import { readFileSync } from 'node:fs';
import { Kafka, logLevel, type KafkaConfig, type LogEntry } from 'kafkajs';
import type { Log } from '../runtime';
import { guardIdleTimers } from './idle-timer-guard';

/** Where Kafka is and how it lets us in: the environment variables of these names, parsed. */
export interface KafkaAddress {
  readonly KAFKA_BROKERS: readonly string[];
  readonly KAFKA_SSL: boolean;
  /** A file of PEM certificates, instead of those that Node trusts. */
  readonly KAFKA_SSL_CA?: string | undefined;
  readonly KAFKA_SASL_MECHANISM?: 'plain' | 'scram-sha-256' | 'scram-sha-512' | undefined;
  readonly KAFKA_USERNAME?: string | undefined;
  readonly KAFKA_PASSWORD?: string | undefined;
}

/**
 * The kafkajs client of a process; connects when it is first used. Each call gives up after some ten seconds: whoever
 * calls knows better how long to go on. `allowAutoTopicCreation: false` has to be said to each producer and consumer.
 */
export function kafkaClient(address: KafkaAddress, clientId: string, log: Log): Kafka {
  guardIdleTimers();
  return new Kafka({
    clientId,
    brokers: [...address.KAFKA_BROKERS],
    ...tlsOf(address),
    ...saslOf(address),
    connectionTimeout: 3_000,
    authenticationTimeout: 5_000,
    requestTimeout: 10_000, // enforced: kafkajs then counts the connection as gone
    retry: { initialRetryTime: 100, maxRetryTime: 2_000, retries: 5 },
    logLevel: logLevel.INFO, // its debug entries hold payloads
    logCreator: () => writing(log),
  });
}

function tlsOf({ KAFKA_SSL, KAFKA_SSL_CA }: KafkaAddress): Pick<KafkaConfig, 'ssl'> {
  if (!KAFKA_SSL) return {};
  return { ssl: KAFKA_SSL_CA === undefined ? true : { ca: certificates(KAFKA_SSL_CA) } };
}

function certificates(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new Error(`KAFKA_SSL_CA: ${(error as Error).message}`, { cause: error });
  }
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
