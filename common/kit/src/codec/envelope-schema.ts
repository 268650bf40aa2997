import { timestamp, type AvroField, type AvroRecord } from '../avro';
import { isCommand, type Contract } from '../contract';
import { avroTypeOf, canonical, fullNameOf } from './avro-schema';

const envelope: readonly AvroField[] = [
  { name: 'id', type: 'string' },
  { name: 'target', type: 'string', doc: 'the process, for example ORDER_CREATION' },
  { name: 'txId', type: 'string', doc: 'the instance of the process; also the key' },
  { name: 'causationId', type: 'string', doc: 'the id of the message that led to this one' },
  { name: 'occurredAt', type: timestamp },
];

/** Every value begins as this does, whatever comes behind. */
export const envelopeType = avroTypeOf(
  canonical({ type: 'record', name: 'Envelope', namespace: 'saga', fields: envelope }),
);

/** `code` is a string and not an enum: a reader of yesterday has to survive a code of tomorrow. */
export const errorSchema: AvroRecord = {
  type: 'record',
  name: 'ErrorEventMessage',
  namespace: 'saga',
  fields: [...envelope, { name: 'code', type: 'string' }, { name: 'errorMessage', type: 'string' }],
};

/** The contract's full name is the envelope's namespace: no two contracts share a subject, and no type field has to travel. */
export const targetSchema = ({ schema }: Pick<Contract, 'schema'>): AvroRecord => ({
  type: 'record',
  name: 'TargetEventMessage',
  namespace: `${targetPrefix}${fullNameOf(schema)}`,
  fields: [...envelope, { name: 'message', type: schema }],
});
const targetPrefix = 'saga.';

/** The full name of the contract whose envelope this schema is; `undefined` for anything else. */
export function contractNameOf({ name, namespace }: Pick<AvroRecord, 'namespace' | 'name'>): string | undefined {
  return name === 'TargetEventMessage' && namespace.startsWith(targetPrefix)
    ? namespace.slice(targetPrefix.length)
    : undefined;
}

/** The registry's TopicRecordNameStrategy: several record types may share a topic. */
export const subjectOf = (topic: string, schema: Pick<AvroRecord, 'namespace' | 'name'>): string =>
  `${topic}-${fullNameOf(schema)}`;

/** The topic of a subject that is registered for `schema`. */
export const topicOf = (subject: string, schema: Pick<AvroRecord, 'namespace' | 'name'>): string =>
  subject.slice(0, -`-${fullNameOf(schema)}`.length);

/** What a topic's registry subjects have to hold for these contracts: each contract's envelope, and the refusals of replies. */
export function subjectsOf(contracts: readonly Contract[]): ReadonlyMap<string, AvroRecord> {
  const subjects = new Map<string, AvroRecord>();
  const add = (topic: string, schema: AvroRecord) => subjects.set(subjectOf(topic, schema), schema);
  for (const contract of contracts) {
    add(contract.topic, targetSchema(contract));
    if (!isCommand(contract)) continue;
    add(contract.reply.topic, targetSchema(contract.reply));
    add(contract.reply.topic, errorSchema); // without refusals too: its undo may have come first
  }
  return subjects;
}
