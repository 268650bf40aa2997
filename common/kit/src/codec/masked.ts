import type { AvroType, Nullable } from '../avro';

/** What stands where a value is that a schema marks as sensitive, whatever it is. */
const mask = '•••';

/** The value for somebody to look at: what its schema marks as sensitive is not in it. */
export function masked(type: AvroType | Nullable, value: any): unknown {
  if (value === null || typeof value !== 'object' || typeof type === 'string') return value;
  if (isNullable(type)) return masked(type[1], value);
  if (type.type === 'array') return value.map((item: unknown) => masked(type.items, item));
  if (type.type === 'map')
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, masked(type.values, each)]));
  if (type.type !== 'record') return value;
  return Object.fromEntries(
    type.fields.map((field) => [field.name, field.sensitive ? mask : masked(field.type, value[field.name])]),
  );
}

const isNullable = (type: AvroType | Nullable): type is Nullable => Array.isArray(type);
