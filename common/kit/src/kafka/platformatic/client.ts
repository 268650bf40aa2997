import { isIP } from 'node:net';
import type * as library from '@platformatic/kafka';
import type { Broker, ConnectionPool } from '@platformatic/kafka';
import { tlsOf, type KafkaAddress } from '../kafka-address';

/** `@platformatic/kafka`, which is loaded only where it is chosen. */
export type Library = typeof library;

/** How connections are made. */
export interface PlatformaticClient {
  readonly library: Library;
  /** The brokers to begin with. */
  readonly brokers: readonly Broker[];
  /** Connections that nobody else uses; one that has not answered after `requestMs` is given up. */
  pool(requestMs: number): ConnectionPool;
}

/** Connects when it is first used. Each call gives up after some ten seconds. */
export function platformaticClient(library: Library, address: KafkaAddress, clientId: string): PlatformaticClient {
  const tls = tlsOf(address);
  const { KAFKA_SASL_MECHANISM: mechanism, KAFKA_USERNAME: username = '', KAFKA_PASSWORD: password = '' } = address;
  const sasl = mechanism && { mechanism: saslNames[mechanism], username, password };
  const brokers = address.KAFKA_BROKERS.map((broker) => library.parseBroker(broker));
  return {
    library,
    brokers,
    pool: (requestTimeout) =>
      new library.ConnectionPool(clientId, {
        connectTimeout: 3_000,
        requestTimeout,
        // Brokers behind one address are told apart by the name; an IP address is none.
        ...(tls && { tls, tlsServerName: brokers.every(({ host }) => isIP(host) === 0) }),
        ...(sasl && { sasl }),
      }),
  };
}

const saslNames = { plain: 'PLAIN', 'scram-sha-256': 'SCRAM-SHA-256', 'scram-sha-512': 'SCRAM-SHA-512' } as const;
