import type { AvroField, AvroRecord, AvroType } from 'saga-kit';

/** A JSON Schema (draft 7), as far as Avro needs it. */
export type JsonSchema = { readonly [keyword: string]: unknown };

const intMax = 2 ** 31 - 1;
const primitives: Readonly<Record<string, JsonSchema>> = {
  boolean: { type: 'boolean' },
  int: { type: 'integer', minimum: -intMax - 1, maximum: intMax },
  long: { type: 'integer', minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER },
  float: { type: 'number' },
  double: { type: 'number' },
  string: { type: 'string' },
  bytes: { type: 'string', contentEncoding: 'base64' },
};

/** What the values of an Avro type are, written as JSON: a timestamp is milliseconds since 1970, bytes are base64. */
export function jsonSchemaOf(type: AvroType | readonly ['null', AvroType]): JsonSchema {
  if (typeof type === 'string') return primitives[type]!;
  if (isNullable(type)) return { oneOf: [{ type: 'null' }, jsonSchemaOf(type[1])] };
  if ('logicalType' in type)
    return type.logicalType === 'uuid'
      ? { type: 'string', format: 'uuid' }
      : { type: 'integer', description: 'milliseconds since 1970' };
  switch (type.type) {
    case 'enum':
      return { type: 'string', enum: type.symbols, ...described(type.doc) };
    case 'array':
      return { type: 'array', items: jsonSchemaOf(type.items) };
    case 'map':
      return { type: 'object', additionalProperties: jsonSchemaOf(type.values) };
    case 'record':
      return ofRecord(type);
  }
}

function ofRecord({ name, fields, doc }: AvroRecord): JsonSchema {
  const required = fields.filter((field) => field.default === undefined).map((field) => field.name);
  return {
    type: 'object',
    title: name,
    ...described(doc),
    properties: Object.fromEntries(fields.map((field) => [field.name, ofField(field)])),
    ...(required.length > 0 && { required }),
    additionalProperties: false,
  };
}

function ofField({ type, doc, default: fallback, sensitive }: AvroField): JsonSchema {
  return {
    ...jsonSchemaOf(type),
    ...described(doc),
    ...(fallback !== undefined && { default: fallback }),
    ...(sensitive && { writeOnly: true, 'x-sensitive': true }), // it can be sent, and is not shown to operators
  };
}

const described = (doc: string | undefined) => (doc === undefined ? {} : { description: doc });
const isNullable = (type: AvroType | readonly ['null', AvroType]): type is readonly ['null', AvroType] =>
  Array.isArray(type);
