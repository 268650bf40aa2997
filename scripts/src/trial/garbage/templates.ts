import * as contracts from '@saga-kit/contracts';
import { isCommand, type Contract } from 'saga-kit';
import { avroTypeOf } from 'saga-kit/tools';

/** A record that somebody has really sent. */
export interface RealRecord {
  readonly topic: string;
  readonly key: Buffer;
  readonly value: Buffer;
}

/** A real record as it was understood: garbage is made after it. */
export interface Template extends RealRecord {
  readonly schemaId: number;
  readonly type: AvroType;
  readonly envelope: Envelope;
  /** Of a command; else an answer. */
  readonly isCommand: boolean;
}

/** As it stands in the value: `message` of a command or a reply, `code` and `errorMessage` of a refusal. */
export interface Envelope {
  readonly id: string;
  readonly target: string;
  readonly txId: string;
  readonly causationId: string;
  readonly occurredAt: Date;
  readonly message?: Readonly<Record<string, unknown>>;
  readonly code?: string;
  readonly errorMessage?: string;
}

export type AvroType = ReturnType<typeof avroTypeOf>;

const headBytes = 5;
/** Of one topic and schema. */
const templatesMax = 20;

/** Some of every topic and schema, as they come. `schemaOf`: what the registry has under an id. */
export async function templatesOf(
  records: readonly RealRecord[],
  schemaOf: (id: number) => Promise<string>,
): Promise<Template[]> {
  const types = new Map<number, AvroType>();
  const counts = new Map<string, number>();
  const templates: Template[] = [];
  for (const { topic, key, value } of records) {
    const schemaId = value.readInt32BE(1);
    const kind = `${topic} ${schemaId}`;
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
    if (counts.get(kind)! > templatesMax) continue;
    const type = types.get(schemaId) ?? avroTypeOf(JSON.parse(await schemaOf(schemaId)));
    types.set(schemaId, type);
    const envelope = type.fromBuffer(value.subarray(headBytes)) as Envelope;
    templates.push({ topic, key, value, schemaId, type, envelope, isCommand: commandTopics.has(topic) });
  }
  return templates;
}

const all: readonly object[] = Object.values(contracts);
const commandTopics = new Set(
  all
    .filter((each): each is Contract => 'topic' in each)
    .filter(isCommand)
    .map(({ topic }) => topic),
);

/** Under a schema id, whatever the body. */
export function withHead(schemaId: number, ...body: readonly Uint8Array[]): Buffer {
  const head = Buffer.alloc(headBytes);
  head.writeInt32BE(schemaId, 1);
  return Buffer.concat([head, ...body]);
}

export const bodyOf = ({ value }: Pick<Template, 'value'>): Buffer => value.subarray(headBytes);

/** The same message, but for some fields of its envelope. */
export const rewritten = ({ schemaId, type, envelope }: Template, over: Partial<Envelope>): Buffer =>
  withHead(schemaId, type.toBuffer({ ...envelope, ...over }));
