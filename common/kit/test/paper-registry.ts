import { avroTypeOf, canonical, Codec, subjectsOf, type ContractsByTopic, type SchemaRegistry } from '../src/codec';
import type { AvroRecord, Contract } from 'saga-kit';

/** Registers whatever it is given: what a registry ought to refuse can be looked at here. */
export class PaperRegistry implements SchemaRegistry {
  readonly schemas: string[] = []; // the id is the place, from 1
  asked = 0;

  async idOf(_subject: string, schema: string): Promise<number | undefined> {
    return this.schemas.indexOf(schema) + 1 || undefined;
  }

  async schemaOf(id: number): Promise<string | undefined> {
    this.asked++;
    return this.schemas[id - 1];
  }

  async register(subject: string, schema: string): Promise<number> {
    return (await this.idOf(subject, schema)) ?? this.schemas.push(schema);
  }

  /** A value of any schema, as somebody else might put it on a topic. */
  write(schema: AvroRecord | 'string', value: unknown): Buffer {
    const text = JSON.stringify(canonical(schema));
    const id = this.schemas.indexOf(text) + 1 || this.schemas.push(text);
    return wired(id, avroTypeOf(canonical(schema)).toBuffer(value));
  }
}

/** A body in Confluent's wire format. */
export function wired(id: number, body: Buffer = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(5);
  head.writeInt32BE(id, 1);
  return Buffer.concat([head, body]);
}

/** A codec that sends all of these contracts, and listens to them or to what is said. */
export async function codecOf(
  registry: PaperRegistry,
  contracts: readonly Contract[],
  listens: readonly ContractsByTopic[] = contracts.map((contract) => ({ topic: contract.topic, contract })),
  clock = { monotonicMs: () => 0 },
): Promise<Codec> {
  const sends = subjectsOf(contracts);
  for (const [subject, schema] of sends) await registry.register(subject, JSON.stringify(canonical(schema)));
  const codec = new Codec(registry, clock);
  await codec.warm({ sends, listens });
  for (let id = 1; id <= registry.schemas.length; id++) await codec.learn(id);
  return codec;
}

export const anEnvelope = {
  id: 'TRIP_BOOKING/t1/BookFlight',
  target: 'TRIP_BOOKING',
  txId: 't1',
  causationId: 'a-call',
  occurredAt: new Date(1_700_000_000_123),
};
