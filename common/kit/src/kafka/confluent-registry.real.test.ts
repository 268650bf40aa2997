import { SchemaRegistry as StockClient } from '@kafkajs/confluent-schema-registry';
import { randomUUID } from 'node:crypto';
import { given } from '../../test/given';
import { anEnvelope } from '../../test/paper-registry';
import { aTrip, BookFlight } from '../../test/trip';
import { Codec, canonical, subjectOf, targetSchema, type RegisteredSchema } from '../codec';
import { caseMs, registryCases } from '../conformance';
import { ConfluentRegistry, wantedLevel } from './confluent-registry';

const url = process.env['SCHEMA_REGISTRY_URL']!;
const aSubject = () => `real-${randomUUID()}`;
const schemaWith = (...fields: readonly object[]): RegisteredSchema =>
  JSON.stringify({ type: 'record', name: 'Real', namespace: `a${randomUUID().replaceAll('-', '')}`, fields });

given('SCHEMA_REGISTRY_URL')('a registry that speaks the API of Confluent', () => {
  const open = async () => ({
    registry: new ConfluentRegistry(url),
    restart: async () => new ConfluentRegistry(url),
    close: async () => {},
  });
  for (const { name, run } of registryCases(open, { durable: 'yes' })) test(name, run, caseMs);

  test('what the codec writes is read by the client of kafkajs, which asks for the same schema', async () => {
    const registry = new ConfluentRegistry(url);
    const subject = subjectOf(BookFlight.topic, targetSchema(BookFlight));
    await registry.register(subject, JSON.stringify(canonical(targetSchema(BookFlight))));
    const codec = new Codec(registry, { monotonicMs: () => 0 });
    await codec.warm({ sends: new Map([[subject, targetSchema(BookFlight)]]), listens: [] });
    const { payload } = BookFlight.of(aTrip);
    const stock = new StockClient({ host: url });
    expect(await stock.decode(codec.encode(BookFlight, anEnvelope, payload))).toMatchObject({
      id: anEnvelope.id,
      message: { tripId: 't1', legs: [{ from: 'Oslo', to: 'Rome' }] },
    });
  });

  test('a subject gets the level that the kit wants with its first schema', async () => {
    const registry = new ConfluentRegistry(url);
    const subject = aSubject();
    expect(await registry.levelOf(subject)).toBeUndefined();
    await registry.register(subject, schemaWith());
    expect(await registry.levelOf(subject)).toBe(wantedLevel);
  });

  test('a level that somebody has set stays, and is what counts', async () => {
    const registry = new ConfluentRegistry(url);
    const subject = aSubject();
    const body = JSON.stringify({ compatibility: 'BACKWARD' });
    const headers = { 'Content-Type': 'application/json' };
    await fetch(`${url}/config/${subject}`, { method: 'PUT', headers, body });
    const [both, one] = [
      { name: 'a', type: 'int' },
      { name: 'b', type: 'int' },
    ];
    const older = schemaWith(both, one);
    await registry.register(subject, older);
    await registry.register(subject, older.replace(`,${JSON.stringify(one)}`, '')); // fine for new readers alone
    expect(await registry.levelOf(subject)).toBe('BACKWARD');
  });

  test('versions are listed, and what would be refused is known before', async () => {
    const registry = new ConfluentRegistry(url);
    const subject = aSubject();
    expect(await registry.versionsOf(subject)).toEqual([]);
    const schema = schemaWith({ name: 'a', type: 'int' });
    expect(await registry.refusalOf(subject, schema)).toBeUndefined();
    const id = await registry.register(subject, schema);
    expect(await registry.versionsOf(subject)).toEqual([{ version: 1, id, schema }]);
    expect(await registry.refusalOf(subject, schema)).toBeUndefined();
    expect(await registry.refusalOf(subject, schema.replace('"int"', '"string"'))).toBeDefined();
  });

  test('an address beside the API is not taken for an empty registry', async () => {
    const registry = new ConfluentRegistry(`${url}/nowhere`);
    await expect(registry.schemaOf(1)).rejects.toMatchObject({ name: 'RegistryUnavailable' });
  });
});
