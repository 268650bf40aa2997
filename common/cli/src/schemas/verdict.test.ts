import { faultsOf, verdictOn, verdictText } from './verdict';

const schemaWith = (...fields: readonly object[]): string =>
  JSON.stringify({ type: 'record', name: 'Made', namespace: 'shop', fields });
const [a, b] = [
  { name: 'a', type: 'int' },
  { name: 'b', type: 'int' },
];
const note = { name: 'note', type: ['null', 'string'], default: null };

/** A registry with these versions. */
const registryOf = ({
  versions = [] as string[],
  level = 'FULL_TRANSITIVE',
  refusal = undefined as string | undefined,
}) => ({
  idOf: async (_: string, schema: string) => versions.indexOf(schema) + 1 || undefined,
  versionsOf: async () => versions.map((schema, index) => ({ version: index + 1, id: index + 1, schema })),
  levelOf: async () => level,
  refusalOf: async () => refusal,
});

test('a fault is told once, with all versions that it is about', () => {
  const versions = [schemaWith(a), schemaWith(a, b), schemaWith(a)].map((schema, at) => ({
    version: at + 1,
    id: 1,
    schema,
  }));
  expect(faultsOf(versions, schemaWith(b))).toEqual([
    'shop.Made.a: removed, and readers of the older schema have no default for it (version 1, 2, 3)',
    'shop.Made.b: added, and it has no default that older values could be read with (version 1, 3)',
  ]);
});

test('a subject is new, unchanged or compatible', async () => {
  const versions = [schemaWith(a)];
  expect(await verdictOn(registryOf({}), 's', schemaWith(a))).toMatchObject({ status: 'new' });
  expect(await verdictOn(registryOf({ versions }), 's', schemaWith(a))).toMatchObject({ status: 'unchanged', id: 1 });
  expect(await verdictOn(registryOf({ versions }), 's', schemaWith(a, note))).toMatchObject({
    status: 'compatible',
    changes: ['shop.Made.note: added'],
  });
  expect(await verdictOn(registryOf({ versions }), 's', schemaWith({ ...a, doc: 'new' }))).toMatchObject({
    changes: ['documentation or marks only'],
  });
});

test('the level of a subject does not make a change compatible, and is reported', async () => {
  const verdict = await verdictOn(registryOf({ versions: [schemaWith(a)], level: 'NONE' }), 's', schemaWith(b));
  expect(verdict).toMatchObject({ status: 'incompatible', notes: [expect.stringContaining('the level NONE')] });
  expect(verdictText(verdict)).toMatch(/^INCOMPATIBLE {2}s\n {4}shop\.Made\.a: removed.*\n.*\n {4}note: the registry/);
});

test('what the registry would refuse is incompatible, whatever we think', async () => {
  const registry = registryOf({ versions: [schemaWith(a)], refusal: 'a rule of its own' });
  expect(await verdictOn(registry, 's', schemaWith(a, note))).toMatchObject({
    status: 'incompatible',
    faults: ['the registry would refuse it: a rule of its own'],
  });
});

test('what is no Avro schema cannot be compared with', async () => {
  const verdict = await verdictOn(registryOf({ versions: ['syntax = "proto3";'] }), 's', schemaWith(a));
  expect(verdict).toMatchObject({ status: 'incompatible', faults: [expect.stringContaining('cannot be compared')] });
});
