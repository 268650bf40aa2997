import { record, timestamp, uuid } from 'saga-kit';
import { jsonSchemaOf } from './json-schema';

const Item = record({ type: 'record', name: 'Item', namespace: 'x', fields: [{ name: 'count', type: 'int' }] });
const Size = { type: 'enum', name: 'Size', namespace: 'x', symbols: ['S', 'L'], doc: 'how large' } as const;

test('a record is an object of its fields and no others; those with a default may be left out', () => {
  const schema = record({
    type: 'record',
    name: 'Order',
    namespace: 'x',
    doc: 'what was ordered',
    fields: [
      { name: 'id', type: 'string', doc: 'of the order' },
      { name: 'note', type: ['null', 'string'], default: null, sensitive: true },
      { name: 'items', type: { type: 'array', items: Item } },
      { name: 'tags', type: { type: 'map', values: 'boolean' }, default: {} },
    ],
  });
  expect(jsonSchemaOf(schema)).toEqual({
    type: 'object',
    title: 'Order',
    description: 'what was ordered',
    properties: {
      id: { type: 'string', description: 'of the order' },
      note: { oneOf: [{ type: 'null' }, { type: 'string' }], default: null, writeOnly: true, 'x-sensitive': true },
      items: {
        type: 'array',
        items: {
          type: 'object',
          title: 'Item',
          properties: { count: { type: 'integer', minimum: -2_147_483_648, maximum: 2_147_483_647 } },
          required: ['count'],
          additionalProperties: false,
        },
      },
      tags: { type: 'object', additionalProperties: { type: 'boolean' }, default: {} },
    },
    required: ['id', 'items'],
    additionalProperties: false,
  });
});

test.each([
  [timestamp, { type: 'integer', description: 'milliseconds since 1970' }],
  [uuid, { type: 'string', format: 'uuid' }],
  [Size, { type: 'string', enum: ['S', 'L'], description: 'how large' }],
  ['bytes', { type: 'string', contentEncoding: 'base64' }],
  ['double', { type: 'number' }],
  ['long', { type: 'integer', minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER }],
] as const)('%j is %j', (type, schema) => {
  expect(jsonSchemaOf(type)).toEqual(schema);
});
