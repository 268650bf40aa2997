import { readFileSync } from 'node:fs';

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

/** What connections with TLS need; nothing: there is none. */
export function tlsOf({ KAFKA_SSL, KAFKA_SSL_CA }: KafkaAddress): { readonly ca?: string } | undefined {
  if (!KAFKA_SSL) return undefined;
  return KAFKA_SSL_CA === undefined ? {} : { ca: certificates(KAFKA_SSL_CA) };
}

function certificates(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new Error(`KAFKA_SSL_CA: ${(error as Error).message}`, { cause: error });
  }
}
