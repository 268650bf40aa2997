import { types, type Type } from 'avsc';
import { avroTypeOf } from './avro-schema';
import { contractNameOf } from './envelope-schema';
import type { RegisteredSchema } from './schema-registry';

/** A difference between two versions of a schema. */
export interface SchemaChange {
  /** The field, from its contract on: `kitchen.CreateTicket.items[].productId`. */
  readonly at: string;
  readonly what: string;
  /** Why one version cannot read the other; `undefined` when both can. */
  readonly breaks?: string;
}

/**
 * What has changed, by field and rule, and whether values of each version can still be read with the other. Empty when
 * only documentation has. Judges as the codec will, with avsc; throws when one of them is no Avro schema.
 * Source: the Avro 1.11 specification, "Schema Resolution".
 */
export function schemaChanges(older: RegisteredSchema, newer: RegisteredSchema): readonly SchemaChange[] {
  const [was, is] = [avroTypeOf(JSON.parse(older)), avroTypeOf(JSON.parse(newer))];
  const walk = new Comparison();
  walk.compare(was, is, '');
  return walk.changes.map((change) => ({ ...change, at: placed(is, change.at) }));
}

/** A change as a sentence. */
export const changeText = ({ at, what, breaks }: SchemaChange): string =>
  `${at}: ${what}${breaks ? `, and ${breaks}` : ''}`;

class Comparison {
  readonly changes: SchemaChange[] = [];
  private readonly met = new Set<string>(); // pairs of records: one may contain itself

  compare(was: Type, is: Type, at: string): void {
    const [before, now] = [partsOf(was), partsOf(is)];
    if (!before.nullable && now.nullable) this.add(at, 'may be null now', 'readers of the older schema need a value');
    if (before.nullable && !now.nullable) this.add(at, 'may not be null any more', 'older values may be');
    this.comparePresent(before.type, now.type, at);
  }

  private comparePresent(was: Type, is: Type, at: string): void {
    if (was instanceof types.RecordType && is instanceof types.RecordType) this.compareRecords(was, is, at);
    else if (was instanceof types.EnumType && is instanceof types.EnumType) this.compareEnums(was, is, at);
    else if (was instanceof types.ArrayType && is instanceof types.ArrayType)
      this.compare(was.itemsType, is.itemsType, `${at}[]`);
    else if (was instanceof types.MapType && is instanceof types.MapType)
      this.compare(was.valuesType, is.valuesType, `${at}{}`);
    else this.compareOthers(was, is, at);
  }

  private compareRecords(was: types.RecordType, is: types.RecordType, at: string): void {
    const pair = `${was.name} ${is.name}`;
    if (this.met.has(pair)) return;
    this.met.add(pair);
    this.compareNames(was, is, at);
    for (const field of fieldsOf(was)) {
      const same = fieldsOf(is).find(({ name }) => name === field.name);
      if (same) this.compareFields(field, same, under(at, field.name));
      else this.addGone(field, is, under(at, field.name));
    }
    for (const field of fieldsOf(is)) if (!was.field(field.name)) this.addNew(field, was, under(at, field.name));
    this.addDoubts(is, was, at);
    this.addDoubts(was, is, at);
  }

  private compareFields(was: Field, is: Field, at: string): void {
    if (JSON.stringify(was.defaultValue) !== JSON.stringify(is.defaultValue)) this.add(at, 'has another default');
    if (`${was.aliases}` !== `${is.aliases}`) this.add(at, 'has other aliases');
    this.compare(was.type, is.type, at);
  }

  private addGone(field: Field, is: types.RecordType, at: string): void {
    const heir = fieldsOf(is).find(({ aliases }) => aliases.includes(field.name));
    const [source] = sourcesOf(field, is);
    const what = heir ? `is ${heir.name} now` : 'removed';
    if (source) this.add(at, what, !reads(field.type, source.type) && notNewer);
    else this.add(at, what, field.defaultValue === undefined && 'readers of the older schema have no default for it');
  }

  private addNew(field: Field, was: types.RecordType, at: string): void {
    const [source] = sourcesOf(field, was);
    const { type, defaultValue } = field;
    if (!source)
      this.add(at, 'added', defaultValue === undefined && 'it has no default that older values could be read with');
    else if (!reads(type, source.type)) this.add(at, `was ${nameOf(source.type)} and is ${nameOf(type)}`, notOlder);
  }

  /** A reader does not know what to do with two fields of a writer that it could take for one of its own. */
  private addDoubts(reader: types.RecordType, writer: types.RecordType, at: string): void {
    for (const field of fieldsOf(reader)) {
      const sources = sourcesOf(field, writer).map(({ name }) => name);
      if (sources.length > 1)
        this.add(under(at, field.name), `may be ${sources.join(' or ')}`, 'nobody can tell which');
    }
  }

  private compareEnums(was: types.EnumType, is: types.EnumType, at: string): void {
    this.compareNames(was, is, at);
    const [before, now] = [was, is].map(defaultOf);
    if (before !== now) this.add(at, 'has another default');
    for (const symbol of was.symbols.filter((each) => !is.symbols.includes(each)))
      this.add(at, `the symbol ${symbol} is removed`, now === undefined && 'older values may be it');
    for (const symbol of is.symbols.filter((each) => !was.symbols.includes(each)))
      this.add(
        at,
        `the symbol ${symbol} is added`,
        before === undefined && 'readers of the older schema do not know it',
      );
  }

  private compareNames(was: Type, is: Type, at: string): void {
    if (was.name !== is.name)
      this.add(at, `was ${was.name} and is ${is.name}`, !(reads(is, was) && reads(was, is)) && 'a name is for ever');
    if (`${was.aliases}` !== `${is.aliases}`) this.add(at, 'has other aliases');
  }

  private compareOthers(was: Type, is: Type, at: string): void {
    const [older, newer] = [reads(is, was), reads(was, is)];
    const [before, now] = [nameOf(was), nameOf(is)];
    if (before === now && older && newer) return;
    const breaks = older ? notNewer : newer ? notOlder : 'neither can be read as the other';
    this.add(at, `was ${before} and is ${now}`, !(older && newer) && breaks);
  }

  private add(at: string, what: string, breaks: string | false = false): void {
    this.changes.push({ at, what, ...(breaks && { breaks }) });
  }
}

const notNewer = 'readers of the older schema cannot read newer values';
const notOlder = 'older values cannot be read';

/** avsc's own judgement, and so the codec's. */
function reads(reader: Type, writer: Type): boolean {
  try {
    reader.createResolver(writer);
    return true;
  } catch {
    return false;
  }
}

/** The only union that contracts know is "null or one other type". */
function partsOf(type: Type): { readonly type: Type; readonly nullable: boolean } {
  const branches = type instanceof types.UnwrappedUnionType || type instanceof types.WrappedUnionType ? type.types : [];
  const present = branches.filter(({ typeName }) => typeName !== 'null');
  return branches.length === 2 && present.length === 1
    ? { type: present[0]!, nullable: true }
    : { type, nullable: false };
}

type Field = ReturnType<typeof fieldsOf>[number];
const fieldsOf = (record: types.RecordType) =>
  record.fields.map((field) => {
    const { name, type, aliases } = field;
    return { name, type, aliases, defaultValue: field.defaultValue() as unknown };
  });

/** The fields of a writer that a reader takes for this one: by its name, or by an older one. */
const sourcesOf = ({ name, aliases }: Pick<Field, 'name' | 'aliases'>, writer: types.RecordType): types.Field[] =>
  writer.fields.filter((each) => each.name === name || aliases.includes(each.name));

/** avsc has it, though its types do not say so. */
const defaultOf = (type: types.EnumType): unknown => ('default' in type ? type.default : undefined);

const under = (at: string, name: string): string => (at === '' ? name : `${at}.${name}`);
const nameOf = ({ name, typeName }: Type): string => name ?? typeName.replace(/^(abstract|logical):/, '');

/** Fields of a message are said to be the contract's; the envelope around it is nobody's concern. */
function placed(root: Type, at: string): string {
  const fullName = root.name ?? root.typeName;
  const dot = fullName.lastIndexOf('.');
  const contract = contractNameOf({ namespace: fullName.slice(0, Math.max(dot, 0)), name: fullName.slice(dot + 1) });
  const isMessage = contract !== undefined && /^message\b/.test(at);
  return isMessage ? `${contract}${at.slice('message'.length)}` : under(fullName, at).replace(/\.$/, '');
}
