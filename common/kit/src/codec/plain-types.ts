import { Type, types, type ForSchemaOptions, type Schema } from 'avsc';

/**
 * Makes the types that avsc would make in a way in which what others write gets lost: avsc keeps names of fields, symbols
 * and keys in plain objects, where `constructor` is there before anybody has said so and `__proto__` is no name at all.
 * For `typeHook`: `undefined` leaves a schema to avsc.
 */
export function plainType(schema: Schema, opts: Partial<ForSchemaOptions>): Type | undefined {
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema) || Type.isType(schema)) return undefined;
  const { type, logicalType, ...rest } = schema as Complex;
  if (typeof type === 'string' && type in {}) throw new Error(`unknown type: "${type}"`);
  // Only a long is a time. Of anything else the specification says: then the logical type is not there.
  if (logicalType === 'timestamp-millis' && type !== 'long') return Type.forSchema({ ...rest, type } as Schema, opts);
  if (type === 'record' || type === 'error') return new PlainRecord(schema as Complex, opts);
  if (type === 'map') return new OwnMap(schema, opts);
  return type === 'enum' ? new OwnEnum(schema, opts) : undefined;
}

type Complex = {
  readonly type?: unknown;
  readonly logicalType?: unknown;
  readonly fields?: readonly { readonly name: string }[];
};

/** Its values are plain objects, and not of a class of their own; avsc makes them as fast. */
class PlainRecord extends types.RecordType {
  constructor(schema: Complex, opts: Partial<ForSchemaOptions>) {
    super({ ...schema, ...(Array.isArray(schema.fields) && { fields: schema.fields.map(renamed) }) } as Schema, opts);
    this.recordConstructor.prototype = Object.prototype;
  }
  set _fieldsByName(_: object) {
    ownNames(this, '_fieldsByName');
  }
  /** The code that avsc makes has this name beside `_<name of the field>`, which a record may be called as well. */
  _getConstructorName(): string {
    return 'Record';
  }
}

/** avsc skips a field that the reader does not know, but not one of these. No contract may have one, so nobody reads it. */
const renamed = (field: { readonly name: string }) =>
  typeof field?.name === 'string' && field.name in {} ? { ...field, name: `${field.name}_of_the_writer` } : field;

class OwnEnum extends types.EnumType {
  set _indices(_: object) {
    ownNames(this, '_indices');
  }
}

/** An object without a prototype, in place of the one that avsc gives to a type under construction. */
const ownNames = (type: object, property: string): void =>
  void Object.defineProperty(type, property, { value: Object.create(null) });

class OwnMap extends types.MapType {
  _read(tap: Tap): Record<string, unknown> {
    const map: Record<string, unknown> = {};
    for (let count = tap.readLong(); count !== 0; count = tap.readLong()) {
      if (count < 0) tap.skipLong(); // the length of the block
      for (let left = Math.abs(count); left > 0; left--) {
        const key = tap.readString();
        put(map, key, this.valuesType._read(tap));
      }
    }
    return map;
  }
  /** For defaults, which come out of JSON. */
  _copy(value: unknown, opts: unknown): Record<string, unknown> {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error('a map is an object');
    const copy: Record<string, unknown> = {};
    for (const [key, each] of Object.entries(value)) put(copy, key, this.valuesType._copy(each, opts));
    return copy;
  }
}

interface Tap {
  readLong(): number;
  skipLong(): void;
  readString(): string;
}

/** A key of its own, whatever it is called: an assignment to `__proto__` would change what the map inherits instead. */
function put(map: Record<string, unknown>, key: string, value: unknown): void {
  if (key !== '__proto__') map[key] = value;
  else Object.defineProperty(map, key, { value, writable: true, enumerable: true, configurable: true });
}
