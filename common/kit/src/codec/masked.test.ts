import { Type } from 'avsc';
import { record, timestamp } from '..';
import { canonical } from './avro-schema';
import { masked } from './masked';
import { schemaChanges } from './schema-changes';

const address = { name: 'street', type: 'string' } as const;
const addressOf = (street: object) =>
  record({
    type: 'record',
    name: 'Address',
    namespace: 'shop',
    fields: [street as typeof address, { name: 'city', type: 'string' }],
  });
const Address = addressOf({ ...address, sensitive: true });
const Customer = record({
  type: 'record',
  name: 'Customer',
  namespace: 'shop',
  fields: [
    { name: 'id', type: 'long' },
    { name: 'born', type: ['null', timestamp], default: null, sensitive: true },
    { name: 'cards', type: { type: 'array', items: 'string' }, sensitive: true },
    { name: 'home', type: ['null', Address], default: null },
    { name: 'others', type: { type: 'array', items: Address } },
    { name: 'named', type: { type: 'map', values: Address } },
    { name: 'since', type: timestamp },
    { name: 'photo', type: 'bytes' },
  ],
});

test('what is sensitive is masked wherever it stands, and nothing else is', () => {
  const home = { street: 'Main Street 1', city: 'X' };
  const seen = { street: '•••', city: 'X' };
  const since = new Date(0);
  const photo = Buffer.from('a');
  const customer = { id: 1, born: since, cards: ['4111'], home, others: [home, home], named: { work: home } };
  expect(masked(Customer, { ...customer, since, photo })).toEqual({
    ...{ id: 1, born: '•••', cards: '•••', home: seen, others: [seen, seen], named: { work: seen } },
    ...{ since, photo },
  });
  expect(customer.home.street).toBe('Main Street 1');
});

test('what is not there is not told either', () => {
  const nobody = { id: 1, born: null, cards: [], home: null, others: [], named: {} };
  expect(masked(Customer, nobody)).toMatchObject({ born: '•••', cards: '•••', home: null, others: [], named: {} });
  expect(masked(Customer, {})).toMatchObject({ born: '•••' });
  expect(masked(Customer, null)).toBeNull();
});

test('a schema keeps the mark; it is the same to whoever reads and writes values', () => {
  const [marked, plain] = [canonical(Address), canonical(addressOf(address))];
  expect(marked).toMatchObject({ fields: [{ name: 'street', type: 'string', sensitive: true }, { name: 'city' }] });
  expect(JSON.stringify(plain)).not.toContain('sensitive');
  const fingerprint = (schema: typeof plain) => Type.forSchema(schema).fingerprint('sha256').toString('hex');
  expect(fingerprint(marked)).toBe(fingerprint(plain));
  expect(schemaChanges(JSON.stringify(plain), JSON.stringify(marked))).toEqual([]);
});
