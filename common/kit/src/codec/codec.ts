import type { Type } from 'avsc';
import type { AvroRecord } from '../avro';
import type { Contract, Refusal } from '../contract';
import type { Envelope, ErrorEventMessage, TargetEventMessage } from '../envelope';
import type { Clock } from '../ports';
import { avroTypeOf, canonical, fullNameOf } from './avro-schema';
import { contractNameOf, envelopeType, errorSchema, subjectOf, targetSchema } from './envelope-schema';
import { type SchemaRegistry } from './schema-registry';
import { UndecodableMessage } from './undecodable-message';
import { Cursor, walkOf, type Walk } from './walk';
import { headBytes, schemaIdOf, Writer } from './wire-format';

/** A message as its handler sees it. `contract` is missing for a refusal. */
export type DecodedMessage =
  | { readonly type: string; readonly contract: Contract; readonly envelope: TargetEventMessage }
  | { readonly type: 'ErrorEventMessage'; readonly contract?: undefined; readonly envelope: ErrorEventMessage };

/** A schema that was not met before: `learn` it, then decode again. */
export class UnknownSchemaId extends Error {
  override readonly name = 'UnknownSchemaId';
  constructor(readonly schemaId: number) {
    super(`schema ${schemaId} has not been looked up yet`);
  }
}

/**
 * Turns envelopes into bytes and back. Every schema is compiled and every pair of writer and reader resolved once; after
 * `warm`, encoding and decoding are synchronous.
 */
export class Codec {
  private readonly writer = new Writer();
  private readonly encoders = new Map<string, Encoder>(); // by subject
  private readonly written = new Map<number, string>(); // the full names of contracts, and of refusals, by schema id
  private readonly readers = new Map<string, Reader>(); // by topic and the full name of the contract, '' for refusals
  private readonly readNames = new Set<string>();
  /** Those of our contracts, which are few. */
  private readonly schemas = new Map<number, SchemaWriter>();
  /** Of what is not for us, and of what was given up: ids that may come from garbage. */
  private readonly others = new Map<number, SchemaWriter | GivenUp>();
  private readonly resolved = new Map<string, Resolved>(); // by topic and schema id

  constructor(
    private readonly registry: SchemaRegistry,
    private readonly clock: Pick<Clock, 'monotonicMs'>,
  ) {}

  /** Looks up the ids of all that is sent and prepares all that is listened to. Rejects, naming every schema that is missing. */
  async warm({
    sends,
    listens,
  }: {
    sends: ReadonlyMap<string, AvroRecord>;
    listens: readonly ContractsByTopic[];
  }): Promise<void> {
    const missing: string[] = [];
    const look = async ([subject, schema]: [string, AvroRecord]) => {
      const type = avroTypeOf(canonical(schema));
      const id = await this.registry.idOf(subject, JSON.stringify(canonical(schema)));
      if (id === undefined) missing.push(subject);
      else {
        this.encoders.set(subject, { id, type });
        this.written.set(id, contractNameOf(schema) ?? fullNameOf(schema));
      }
    };
    await Promise.all([...sends].map(look));
    if (missing.length > 0)
      throw new Error(
        `not registered: ${missing.sort().join(', ')}; register them with "npx saga-kit schemas register"`,
      );
    for (const { topic, contract } of listens) {
      const schema = contract ? targetSchema(contract) : errorSchema;
      const reader = { type: avroTypeOf(canonical(schema)), contract };
      const name = contract ? fullNameOf(contract.schema) : '';
      this.readers.set(`${topic} ${name}`, reader);
      this.readNames.add(name);
    }
  }

  encode(contract: Contract, envelope: Envelope, message: unknown): Buffer {
    const { id: schemaId, type } = this.encoderOf(targetSubjects.of(contract));
    const { id, target, txId, causationId, occurredAt } = envelope; // a spread of it is written three times as slowly
    return this.writer.write(schemaId, type, { id, target, txId, causationId, occurredAt, message });
  }

  encodeRefusal(topic: string, envelope: Envelope, { code, errorMessage }: Refusal): Buffer {
    const { id, type } = this.encoderOf(subjectOf(topic, errorSchema));
    return this.writer.write(id, type, { ...envelope, code, errorMessage });
  }

  /** What a value says in front, and the full name of what it is; `undefined` for a schema that is not among what is sent. */
  headOf(value: Buffer): (Envelope & { readonly type: string }) | undefined {
    const type = this.written.get(schemaIdOf(value));
    return type === undefined ? undefined : { ...(envelopeType.decode(value, headBytes).value as Envelope), type };
  }

  /**
   * `undefined` for a message of a type that nobody here reads on this topic. Throws `UndecodableMessage` for what nobody can read,
   * `UnknownSchemaId` for what may become readable after `learn`.
   */
  decode(topic: string, value: Buffer | null): DecodedMessage | undefined {
    const id = schemaIdOf(value);
    const resolved = this.resolve(topic, id);
    if ('fullName' in resolved) return void check(resolved, value!);
    const { reader } = resolved;
    const envelope = read(resolved, value!);
    return reader.contract
      ? { type: reader.contract.name, contract: reader.contract, envelope: envelope as TargetEventMessage }
      : { type: 'ErrorEventMessage', envelope: envelope as ErrorEventMessage };
  }

  /** Asks the registry for a schema id. False when it knows none: it may in a moment. Rejects with what it says instead. */
  async learn(schemaId: number): Promise<boolean> {
    const schema = await this.registry.schemaOf(schemaId);
    if (schema === undefined) return false;
    const writing = writingOf(schema);
    if (typeof writing === 'string')
      this.giveUp(schemaId, `schema ${schemaId} of the registry cannot be read: ${writing}`);
    else if (this.isRead(writing)) this.schemas.set(schemaId, writing);
    else this.remember(schemaId, writing);
    return true;
  }

  /** Nothing that was written with it can be read for a while, for this reason. */
  giveUp(schemaId: number, reason: string): void {
    this.remember(schemaId, { reason, untilMs: this.clock.monotonicMs() + givenUpForMs });
  }

  /** Whether the registry answers at all: asks for a schema that it has. Rejects where it does not. */
  async probe(): Promise<void> {
    const [ours] = [...this.encoders.values()];
    await this.registry.schemaOf(ours?.id ?? [...this.schemas.keys()][0] ?? likelyUnknownId);
  }

  private isRead({ contractName }: SchemaWriter): boolean {
    return contractName !== undefined && this.readNames.has(contractName);
  }

  /** The oldest are forgotten first. */
  private remember(schemaId: number, what: SchemaWriter | GivenUp): void {
    this.others.delete(schemaId);
    this.others.set(schemaId, what);
    for (const [oldest] of this.others) {
      if (this.others.size <= othersMax) return;
      this.others.delete(oldest);
    }
  }

  private encoderOf(subject: string): Encoder {
    const encoder = this.encoders.get(subject);
    if (!encoder) throw new Error(`${subject} is not among what this service says it sends: add it to "emits"`);
    return encoder;
  }

  /** What its writer wrote with is all that there is where nobody reads it. */
  private resolve(topic: string, id: number): Resolved | SchemaWriter {
    const key = `${topic} ${id}`;
    const known = this.resolved.get(key);
    if (known) return known;
    const writing = this.schemas.get(id) ?? this.others.get(id);
    if (writing === undefined) throw new UnknownSchemaId(id);
    if ('reason' in writing) {
      if (writing.untilMs <= this.clock.monotonicMs()) throw new UnknownSchemaId(id);
      throw new UndecodableMessage('unknown-schema', writing.reason);
    }
    const reader = this.readers.get(`${topic} ${writing.contractName}`);
    if (!reader) return writing;
    const resolved = { reader, walk: walkOf(writing.type), resolver: resolverOf(reader.type, writing) };
    this.resolved.set(key, resolved);
    return resolved;
  }
}

/** A topic and what is understood there; without a contract: refusals. */
export type ContractsByTopic = { readonly topic: string; readonly contract: Contract | undefined };

type Encoder = { readonly id: number; readonly type: Type };
type Reader = { readonly type: Type; readonly contract: Contract | undefined };
type SchemaWriter = { readonly type: Type; readonly fullName: string; readonly contractName: string | undefined };
type GivenUp = { readonly reason: string; readonly untilMs: number };
type Resolver = ReturnType<Type['createResolver']>;
type Resolved = { readonly reader: Reader; readonly walk: Walk; readonly resolver: Resolver };
const othersMax = 10_000;
const givenUpForMs = 60_000; // it may be registered any time
/** A registry that does not know it answers as well as one that does. */
const likelyUnknownId = 2 ** 31 - 1;

/** Subjects of contracts, made once each; by schema, since `command.with` makes other contracts of the same one. */
const targetSubjects = {
  known: new WeakMap<AvroRecord, string>(),
  of({ topic, schema }: Contract): string {
    const known = this.known.get(schema);
    if (known !== undefined) return known;
    const subject = subjectOf(topic, targetSchema({ schema }));
    this.known.set(schema, subject);
    return subject;
  },
};

/** What a value was written with; or why that cannot be understood: a registry may also hold other kinds of schemas. */
function writingOf(schema: string): SchemaWriter | string {
  let type: Type;
  try {
    type = avroTypeOf(JSON.parse(schema));
  } catch (error) {
    return (error as Error).message;
  }
  const fullName = type.name ?? type.typeName;
  const dot = fullName.lastIndexOf('.');
  const parts = { namespace: fullName.slice(0, Math.max(dot, 0)), name: fullName.slice(dot + 1) };
  return { type, fullName, contractName: fullName === fullNameOf(errorSchema) ? '' : contractNameOf(parts) };
}

function resolverOf(reader: Type, { type, fullName }: SchemaWriter): Resolver {
  try {
    return reader.createResolver(type);
  } catch (error) {
    throw new UndecodableMessage(
      'incompatible-schema',
      `${fullName} was written with another schema: ${(error as Error).message}`,
    );
  }
}

/** Whether it is what its writer says it is. */
function check({ type }: SchemaWriter, value: Buffer): void {
  const cursor = new Cursor(value, headBytes);
  try {
    let walk = walks.get(type);
    if (!walk) walks.set(type, (walk = walkOf(type)));
    walk(cursor);
  } catch (error) {
    throw corrupt((error as Error).message);
  }
  if (cursor.at < value.length) throw corrupt('there are more of them');
}

const walks = new WeakMap<Type, Walk>();

const corrupt = (why: string): UndecodableMessage =>
  new UndecodableMessage('corrupt', `the bytes are not what their schema says: ${why}`);

function read({ reader, walk, resolver }: Resolved, value: Buffer): unknown {
  try {
    walk(new Cursor(value, headBytes));
    return reader.type.fromBuffer(value.subarray(headBytes), resolver);
  } catch (error) {
    throw corrupt((error as Error).message);
  }
}
