import assert from 'node:assert/strict';
import { IncompatibleSchema, type RegisteredSchema, type SchemaRegistry } from '../codec';
import { casesOf, checksOf, type Case, type Checks, type Feature } from './case';
import { named } from './named';
import { same } from './same';

/** A schema registry and what a test needs besides. */
export interface RegistryUnderTest {
  readonly registry: SchemaRegistry;
  /** What is left of it when the process, or the server, has been killed and started again. */
  readonly restart?: () => Promise<SchemaRegistry>;
  /** Lets go of everything that was opened. */
  close(): Promise<void>;
}

/** What a registry can do that not every one can. */
export interface RegistryFeatures {
  /** Schemas outlive the process: there is `restart`. */
  readonly durable: Feature;
}

/** What every `SchemaRegistry` promises. */
export const registryCases = (open: () => Promise<RegistryUnderTest>, features: RegistryFeatures): readonly Case[] =>
  casesOf(
    open,
    knowing,
    compatibility,
    checksOf(features.durable, durability, {
      'nothing is left after a crash': async ({ restart }) => {
        assert.equal(restart, undefined, 'it can be opened again: test whether everything is there');
      },
    }),
  );

const knowing: Checks<RegistryUnderTest> = {
  'a schema has no id before it is registered, and not under another subject': async ({ registry }) => {
    const [subject, other] = [named('subject'), named('subject')];
    const schema = aSchema();
    assert.equal(await registry.idOf(subject, schema), undefined);
    await registry.register(subject, schema);
    assert.equal(await registry.idOf(other, schema), undefined);
    assert.equal(await registry.idOf(subject, aSchema()), undefined);
  },

  'a schema that is registered twice keeps its id, also when there is a later one': async ({ registry }) => {
    const subject = named('subject');
    const name = recordName();
    const [first, second] = [schemaOf(name, [id]), schemaOf(name, [id, note])];
    const known = await registry.register(subject, first);
    assert.ok(Number.isInteger(known) && known > 0 && known < 2 ** 31, `${known} is a positive integer of 32 bits`);
    assert.equal(await registry.register(subject, first), known);
    const later = await registry.register(subject, second);
    assert.notEqual(later, known);
    assert.equal(await registry.register(subject, first), known);
    same([await registry.idOf(subject, first), await registry.idOf(subject, second)], [known, later]);
  },

  'an id stands for its schema': async ({ registry }) => {
    const schemas = [aSchema(), aSchema(), aSchema()];
    const ids = await Promise.all(schemas.map((schema) => registry.register(named('subject'), schema)));
    assert.equal(new Set(ids).size, 3);
    for (const [index, id] of ids.entries())
      same(JSON.parse((await registry.schemaOf(id))!), JSON.parse(schemas[index]!));
  },

  'an id that nobody was given stands for nothing': async ({ registry }) => {
    const known = await registry.register(named('subject'), aSchema());
    assert.notEqual(known, 2 ** 31 - 1);
    assert.equal(await registry.schemaOf(2 ** 31 - 1), undefined);
  },

  'a number that cannot be an id stands for nothing': async ({ registry }) => {
    for (const id of [0, -1, 1.5, 2 ** 31, NaN]) assert.equal(await registry.schemaOf(id), undefined, `${id}`);
  },

  'a schema that differs in its documentation, a default or an older name alone is another one': async ({
    registry,
  }) => {
    const subject = named('subject');
    const name = recordName();
    const fields = [
      ...[note, { ...note, doc: 'for the cook' }, { ...note, aliases: ['remark'] }],
      ...[
        { ...amount, default: 0 },
        { ...amount, default: 1 },
      ],
      ...[color(['RED', 'BLUE']), color(['RED', 'BLUE'], 'RED'), color(['RED', 'BLUE'], 'BLUE')],
    ];
    const ids: number[] = [];
    for (const field of fields) {
      const schema = schemaOf(name, [id, field]);
      assert.equal(await registry.idOf(subject, schema), undefined);
      ids.push(await registry.register(subject, schema));
      assert.equal(await registry.idOf(subject, schema), ids.at(-1));
    }
    assert.equal(new Set(ids).size, fields.length);
  },

  'what Avro does not know is kept, as the mark of a field whose values are sensitive': async ({ registry }) => {
    const [subject, name] = [named('subject'), recordName()];
    const [first, second]: readonly Field[] = [id, note].map((field) => ({ ...field, sensitive: true }));
    for (const fields of [[first!], [first!, second!]]) {
      const schema = schemaOf(name, fields);
      const known = await registry.register(subject, schema);
      assert.equal(await registry.idOf(subject, schema), known);
      same(JSON.parse((await registry.schemaOf(known))!), JSON.parse(schema));
    }
  },

  'one schema may be registered under two subjects': async ({ registry }) => {
    const subjects = [named('subject'), named('subject')];
    const schema = aSchema();
    for (const subject of subjects) {
      const id = await registry.register(subject, schema);
      assert.equal(await registry.idOf(subject, schema), id);
      same(JSON.parse((await registry.schemaOf(id))!), JSON.parse(schema));
    }
  },

  'a schema that is registered several times at once has one id': async ({ registry }) => {
    const subject = named('subject');
    const schema = aSchema();
    const ids = await Promise.all(Array.from({ length: 8 }, () => registry.register(subject, schema)));
    same(new Set(ids), new Set([await registry.idOf(subject, schema)]));
  },
};

const compatibility: Checks<RegistryUnderTest> = {
  'a field that may be missing may come and go': ({ registry }) =>
    takes(registry, [id], [id, note], [id, note, { ...note, name: 'remark' }], [id, { ...note, name: 'remark' }]),
  'a field that may be missing may be called otherwise, if it says what it was': ({ registry }) =>
    takes(registry, [id, note], [id, { ...note, name: 'remark', aliases: ['note'] }]),
  'what is sensitive may be marked later': ({ registry }) =>
    takes(registry, [id, note], [id, { ...note, sensitive: true }]),
  'an enum that says what to take a new symbol for may get new ones and lose some': ({ registry }) =>
    takes(registry, [color(['OTHER', 'RED'], 'OTHER')], [color(['OTHER', 'BLUE'], 'OTHER')]),
  'an enum that does not may not get new ones': ({ registry }) =>
    refuses(registry, [color(['RED'])], [color(['RED', 'BLUE'])]),

  'a field of another type is refused': ({ registry }) => refuses(registry, [id], [{ ...id, type: 'int' }]),
  'a new field that older values lack is refused': ({ registry }) => refuses(registry, [id], [id, amount]),
  'the loss of a field that older readers need is refused': ({ registry }) => refuses(registry, [id, amount], [id]),
  'what the latest schema goes with, but not one before it, is refused': ({ registry }) =>
    refuses(registry, [id, note], [id], [id, { ...note, type: ['null', 'long'] }]),
};

const durability: Checks<RegistryUnderTest> = {
  'schemas and ids are there after a crash': async ({ registry, restart }) => {
    const [subject, schema] = [named('subject'), aSchema()];
    const id = await registry.register(subject, schema);
    const again = await restart!();
    same(JSON.parse((await again.schemaOf(id))!), JSON.parse(schema));
    assert.equal(await again.idOf(subject, schema), id);
    assert.equal(await again.register(subject, schema), id);
    assert.notEqual(await again.register(named('subject'), aSchema()), id);
  },
};

/** Registers all of them, one after the other. */
async function takes(registry: SchemaRegistry, ...versions: readonly (readonly Field[])[]): Promise<void> {
  const subject = named('subject');
  const name = recordName();
  for (const fields of versions) {
    const schema = schemaOf(name, fields);
    const known = await registry.register(subject, schema);
    assert.equal(await registry.idOf(subject, schema), known);
  }
}

/** Registers all but the last, which is refused. */
async function refuses(registry: SchemaRegistry, ...versions: readonly (readonly Field[])[]): Promise<void> {
  const subject = named('subject');
  const name = recordName();
  const schemas = versions.map((fields) => schemaOf(name, fields));
  const refused = schemas.pop()!;
  const known: number[] = [];
  for (const schema of schemas) known.push(await registry.register(subject, schema));
  await assert.rejects(registry.register(subject, refused), (error) => {
    assert.ok(error instanceof IncompatibleSchema, `${String(error)} is not an IncompatibleSchema`);
    assert.ok(error.message.includes(subject), `"${error.message}" does not name ${subject}`);
    return true;
  });
  assert.equal(await registry.idOf(subject, refused), undefined);
  for (const [index, schema] of schemas.entries()) assert.equal(await registry.idOf(subject, schema), known[index]);
}

interface Field {
  readonly name: string;
  readonly doc?: string;
  readonly type: unknown;
  readonly default?: unknown;
  readonly aliases?: readonly string[];
  readonly sensitive?: true;
}
const id: Field = { name: 'id', type: 'string' };
const amount: Field = { name: 'amount', type: 'long' };
const note: Field = { name: 'note', type: ['null', 'string'], default: null };
const color = (symbols: readonly string[], otherwise?: string): Field => {
  const type = { type: 'enum', name: 'Color', namespace: 'com.example.suite', symbols };
  return { name: 'color', type: otherwise === undefined ? type : { ...type, default: otherwise }, default: symbols[0] };
};

const schemaOf = (name: string, fields: readonly Field[]): RegisteredSchema =>
  JSON.stringify({ type: 'record', name, namespace: 'com.example.suite', fields });
const recordName = (): string => named('Placed').replace('-', '_');
const aSchema = (): RegisteredSchema => schemaOf(recordName(), [id]);
