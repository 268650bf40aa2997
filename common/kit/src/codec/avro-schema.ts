import { Type, types, type schema } from 'avsc';
import type { AvroRecord, AvroType, Nullable } from '../avro';
import { plainType } from './plain-types';

/**
 * The schema as it is registered: every named type with its namespace, spelled out where it is first met and named by its
 * full name from then on. Names are told apart in full, since two namespaces may share a short one.
 */
export function canonical(type: AvroType, met = new Set<string>()): SchemaJson {
  if (typeof type === 'string') return type;
  if (type.type === 'array') return { type: 'array', items: canonical(type.items, met) };
  if (type.type === 'map') return { type: 'map', values: canonical(type.values, met) };
  if (type.type !== 'record' && type.type !== 'enum') return { ...type };
  const fullName = `${type.namespace}.${type.name}`;
  if (met.has(fullName)) return fullName;
  met.add(fullName);
  const { name, namespace } = type;
  const named = { name, namespace, ...docOf(type), ...aliasesOf(type) };
  if (type.type === 'enum')
    return {
      type: 'enum',
      ...named,
      symbols: [...type.symbols],
      ...(type.default !== undefined && { default: type.default }),
    };
  const fields = type.fields.map(({ type, ...field }) => ({
    name: field.name,
    ...docOf(field),
    type: isNullable(type) ? ['null' as const, canonical(type[1], met)] : canonical(type, met),
    ...('default' in field && { default: field.default }),
    ...aliasesOf(field),
    ...(field.sensitive && { sensitive: true }),
  }));
  return { type: 'record', ...named, fields };
}

// What is not said does not stand there either: a schema is registered by its exact text.
const docOf = ({ doc }: { readonly doc?: string }) => (doc === undefined ? {} : { doc });
const aliasesOf = ({ aliases }: { readonly aliases?: readonly string[] }) =>
  aliases === undefined ? {} : { aliases: [...aliases] };

export type SchemaJson = Exclude<schema.AvroSchema, readonly unknown[]>;

/** The avsc type of a registered schema; dates are read and written as `Date`. */
export const avroTypeOf = (schema: SchemaJson): Type =>
  Type.forSchema(schema, {
    registry: names({ long }),
    logicalTypes: names({ 'timestamp-millis': Timestamp }),
    omitRecordMethods: true,
    typeHook: plainType,
  });

/** Names and nothing else: a schema may speak of a type "constructor", which is not what every object inherits. */
const names = <T>(named: Readonly<Record<string, T>>): Record<string, T> =>
  Object.assign(Object.create(null) as Record<string, T>, named);

/** The name of a schema with its namespace. */
export const fullNameOf = ({ namespace, name }: Pick<AvroRecord, 'namespace' | 'name'>): string =>
  `${namespace}.${name}`;

const isNullable = (type: AvroType | Nullable): type is Nullable => Array.isArray(type);

/** avsc's own long ends before 2^53 - 1, and reads numbers below -(2^52) as others; this one is every safe integer. */
const long = types.LongType.__with({
  fromBuffer: (eightBytes: Buffer) => {
    const value = Number(eightBytes.readBigInt64LE());
    if (!Number.isSafeInteger(value)) throw new RangeError(`a long of about ${value} is not exact`);
    return value;
  },
  toBuffer: (value: number) => {
    const eightBytes = Buffer.allocUnsafe(8);
    eightBytes.writeBigInt64LE(BigInt(value));
    return eightBytes;
  },
  fromJSON: (value: unknown) => value,
  toJSON: (value: unknown) => value,
  isValid: Number.isSafeInteger,
  compare: (a: number, b: number) => Math.sign(a - b),
});

/** avsc puts its own long under a logical type, and would read an earlier time (in the year -140744) as a later one. */
const firstMs = -(2 ** 52);

class Timestamp extends types.LogicalType {
  protected override _fromValue(value: number): Date {
    const date = new Date(value);
    if (Number.isNaN(date.getTime())) throw new RangeError(`${value} milliseconds are beyond what a date can be`);
    return date;
  }
  protected override _toValue(value: unknown): number | undefined {
    return value instanceof Date && value.getTime() >= firstMs ? value.getTime() : undefined;
  }
  /** avsc leaves this abstract: without it no reader could resolve an older writer's record that has a timestamp. */
  protected override _resolve(writer: Type): ((value: unknown) => unknown) | undefined {
    return writer instanceof Timestamp ? (value) => value : undefined;
  }
}
