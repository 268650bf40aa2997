import { randomUUID } from 'node:crypto';
import { event, type AvroField } from 'saga-kit';
import type { RegisteredSchema } from 'saga-kit/runtime';
import { canonical, subjectsOf } from 'saga-kit/tools';
import { ConfluentRegistry } from 'saga-kit/kafka';
import { given } from '../../kit/test/given';
import { schemas } from '../src/schemas/schemas';
import { ran, typed } from './run-command';

type Schemas = ReadonlyMap<string, RegisteredSchema>;

/** Two contracts on a topic of the test's own; `fields` are those of the second. */
function aSystem(topic: string, ...fields: readonly AvroField[]): Schemas {
  const made = (name: string, own: readonly AvroField[]) =>
    event({ type: 'record', name, namespace: 'shop', topic, fields: own } as any);
  const subjects = subjectsOf([made('Opened', []), made('Sold', fields)]);
  return new Map([...subjects].map(([subject, schema]) => [subject, JSON.stringify(canonical(schema))]));
}
const lines = (...fields: readonly AvroField[]): AvroField => ({
  name: 'lines',
  type: { type: 'array', items: { type: 'record', name: 'Line', namespace: 'shop', fields } },
});
const [productId, count] = [
  { name: 'productId', type: 'long' },
  { name: 'count', type: 'int' },
] as const;
const note: AvroField = { name: 'note', type: ['null', 'string'], default: null };
const run = (wanted: Schemas, ...args: readonly string[]) => ran(schemas, wanted, ...args);
const statuses = (said: string) =>
  (JSON.parse(said) as { subjects: { status: string }[] }).subjects.map(({ status }) => status);

given('SCHEMA_REGISTRY_URL')('saga-kit schemas', () => {
  let topic: string;
  beforeEach(() => (topic = `schemas-${randomUUID()}`));
  const registry = () => new ConfluentRegistry(process.env['SCHEMA_REGISTRY_URL']!);

  test('registers everything once: the second run finds it unchanged', async () => {
    const wanted = aSystem(topic, lines(productId));
    const first = await run(wanted, 'register', '--json');
    expect([first.code, statuses(first.said)]).toEqual([0, ['registered', 'registered']]);
    for (const [subject, schema] of wanted) expect(await registry().idOf(subject, schema)).toBeDefined();
    const second = await run(wanted, 'register', '--json');
    expect([second.code, statuses(second.said)]).toEqual([0, ['unchanged', 'unchanged']]);
  });

  test('a field that may be missing is a compatible change, and becomes a second version', async () => {
    const [was, is] = [aSystem(topic, lines(productId)), aSystem(topic, lines(productId, note))];
    await run(was, 'register');
    const checked = await run(is, 'check');
    expect(checked.code).toBe(0);
    expect(checked.said).toMatch(/^compatible .*Sold.*\n {4}shop\.Sold\.lines\[\]\.note: added$/m);
    const registered = await run(is, 'register', '--json');
    expect([registered.code, statuses(registered.said)]).toEqual([0, ['unchanged', 'registered']]);
    const { said } = await run(is, 'list', '--json');
    const { versions } = JSON.parse(said) as { versions: object[] };
    const subject = expect.stringContaining('Sold');
    expect(versions.slice(1)).toEqual([
      { subject, version: 1, id: expect.any(Number), isCurrent: false },
      { subject, version: 2, id: expect.any(Number), isCurrent: true },
    ]);
    expect((await run(is, 'list')).said).toMatch(/^SUBJECT +VERSION +ID +SENT\n/);
  });

  test.each(['check', 'register'])(
    '%s names field and rule of what is incompatible, and registers nothing',
    async (verb) => {
      await run(aSystem(topic, lines(productId, count)), 'register');
      const is = new Map([...aSystem(`${topic}-b`), ...aSystem(topic, lines(count, { ...count, name: 'weight' }))]);
      const { code, said, hinted } = await run(is, verb);
      expect(code).toBe(1);
      expect(said).toMatch(/^INCOMPATIBLE .*Sold/m);
      expect(said).toContain(
        'shop.Sold.lines[].productId: removed, and readers of the older schema have no default for it (version 1)',
      );
      expect(said).toContain(
        'shop.Sold.lines[].weight: added, and it has no default that older values could be read with (version 1)',
      );
      expect(hinted).toContain('1 of 4 subjects');
      expect(await registry().versionsOf([...is.keys()][0]!)).toEqual([]);
    },
  );

  test.each([['check'], ['register', '--dry-run'], ['list']])('%s %s writes nothing', async (...args) => {
    const wanted = aSystem(topic);
    expect(await run(wanted, ...args)).toMatchObject({ code: 0 });
    for (const [subject] of wanted) {
      expect(await registry().versionsOf(subject)).toEqual([]);
      expect(await registry().levelOf(subject)).toBeUndefined();
    }
  });

  test('a level that somebody has set is reported, and stays', async () => {
    const wanted = aSystem(topic);
    const [subject] = wanted.keys();
    const init = {
      method: 'PUT',
      headers: { 'Content-Type': 'application/json' },
      body: '{"compatibility":"BACKWARD"}',
    };
    await fetch(`${process.env['SCHEMA_REGISTRY_URL']}/config/${subject}`, init);
    const { code, said } = await run(wanted, 'register');
    expect(code).toBe(0);
    expect(said).toContain('note: the registry compares by the level BACKWARD and not FULL_TRANSITIVE');
    expect(await registry().levelOf(subject!)).toBe('BACKWARD');
  });

  test('as it is typed, it looks at every contract of the system', async () => {
    const { code, said } = await typed(['schemas', 'check', '--json']);
    expect([0, 1]).toContain(code);
    expect(statuses(said)).toHaveLength(17);
  });
});

describe('saga-kit schemas, as it is typed', () => {
  test('without an answer ends with 3 and says whom it has asked, without password and stack', async () => {
    const { code, said, hinted } = await typed(['schemas', 'check'], {
      SCHEMA_REGISTRY_URL: 'http://me:secret@127.0.0.1:2',
    });
    expect([code, said]).toEqual([3, '']);
    expect(hinted).toMatch(/^the schema registry at http:\/\/127\.0\.0\.1:2 .*ECONNREFUSED.*\n$/);
  });

  test.each([
    [[], 'saga-kit schemas register'],
    [['drop'], 'saga-kit schemas register'],
    [['check', '--dry-run'], 'saga-kit schemas register'],
    [['check', '--force'], "Unknown option '--force'"],
    [['check'], 'SCHEMA_REGISTRY_URL: set it to'],
  ])('%j is not right and ends with 2', async (args, hint) => {
    const { code, said, hinted } = await typed(['schemas', ...args], { SCHEMA_REGISTRY_URL: '' });
    expect([code, said]).toEqual([2, '']);
    expect(hinted).toContain(hint);
    expect(hinted).not.toMatch(/^ +at /m);
  });

  test('--help says what each exit code means', async () => {
    const { code, said } = await typed(['schemas', '--help'], { SCHEMA_REGISTRY_URL: '' });
    expect(code).toBe(0);
    expect(said).toContain('Ends with 0');
  });
});
