import { types, type Type } from 'avsc';

/** Goes over one value. Throws where the bytes end before it does, or cannot be what they should. */
export type Walk = (cursor: Cursor) => void;

/**
 * Looks whether a value is as long as it says before anything is made of it: avsc believes the count of a list before it
 * has seen an element, so that a message of ten bytes could take all of the memory there is. Takes the type that the value
 * was written with.
 */
export function walkOf(type: Type, known = new Map<Type, Walk>()): Walk {
  const met = known.get(type);
  if (met) return met;
  if (type instanceof types.LogicalType) return walkOf(type.underlyingType, known);
  if (type instanceof types.RecordType) return fieldsOf(type, known);
  if (type instanceof types.ArrayType) return elements(walkOf(type.itemsType, known));
  if (type instanceof types.MapType) return entries(walkOf(type.valuesType, known));
  if (type instanceof types.UnwrappedUnionType || type instanceof types.WrappedUnionType)
    return oneOf(type.types.map((branch) => walkOf(branch, known)));
  if (type instanceof types.FixedType) return bytesOf(type.size);
  return plain[type.typeName] ?? unknown(type);
}

/** A place in a value. */
export class Cursor {
  constructor(
    private readonly bytes: Buffer,
    public at: number,
  ) {}

  skip(count: number): void {
    this.at += count;
    if (!(count >= 0) || this.at > this.bytes.length) throw new Error(`${count} bytes are not there`);
  }

  /** A whole number in zigzag; exact where it can be a count or a length. */
  whole(): number {
    const isNegative = (this.bytes[this.at]! & 1) === 1;
    let twice = 0;
    for (let weight = 1; weight < 2 ** 70; weight *= 128) {
      const byte = this.bytes[this.at++];
      if (byte === undefined) throw new Error('the bytes end within a number');
      twice += (byte & 0x7f) * weight;
      if (byte < 0x80) return isNegative ? -(twice + 1) / 2 : twice / 2;
    }
    throw new Error('a number of more than ten bytes');
  }
}

const bytesOf =
  (count: number): Walk =>
  (cursor) =>
    cursor.skip(count);
const number: Walk = (cursor) => void cursor.whole();
const lengthFirst: Walk = (cursor) => cursor.skip(cursor.whole());

const plain: Readonly<Record<string, Walk>> = {
  null: bytesOf(0),
  boolean: bytesOf(1),
  int: number,
  long: number,
  'abstract:long': number,
  float: bytesOf(4),
  double: bytesOf(8),
  bytes: lengthFirst,
  string: lengthFirst,
  enum: number,
};

function fieldsOf(type: types.RecordType, known: Map<Type, Walk>): Walk {
  const fields: Walk[] = [];
  const walk: Walk = (cursor) => {
    for (const field of fields) field(cursor);
  };
  known.set(type, walk); // a record may contain itself
  for (const field of type.fields) fields.push(walkOf(field.type, known));
  return walk;
}

/** Blocks of elements until an empty one; a negative count is followed by the block's length in bytes. */
const elements =
  (element: Walk): Walk =>
  (cursor) => {
    for (let count = cursor.whole(); count !== 0; count = cursor.whole()) {
      const length = count < 0 ? cursor.whole() : undefined;
      const from = cursor.at;
      for (let left = Math.abs(count); left > 0; left--) {
        const before = cursor.at;
        element(cursor);
        if (cursor.at === before) throw new Error('an element of a list takes at least a byte');
      }
      if (length !== undefined && cursor.at !== from + length) throw new Error('a block of a list has another length');
    }
  };

const entries = (value: Walk): Walk =>
  elements((cursor) => {
    lengthFirst(cursor);
    value(cursor);
  });

const oneOf =
  (branches: readonly Walk[]): Walk =>
  (cursor) => {
    const branch = branches[cursor.whole()];
    if (!branch) throw new Error('there is no such branch of a union');
    branch(cursor);
  };

function unknown({ typeName }: Type): never {
  throw new Error(`${typeName} is not a type of Avro`);
}
