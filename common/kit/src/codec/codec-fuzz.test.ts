import fc from 'fast-check';
import { anEnvelope, codecOf, PaperRegistry } from '../../test/paper-registry';
import { Leg } from '../../test/trip';
import { timestamp, uuid } from '../avro';
import { event } from '../contract';
import { UnknownSchemaId, type Codec } from './codec';
import { UndecodableMessage } from './undecodable-message';

const Everything = event({
  type: 'record',
  name: 'Everything',
  namespace: 'x',
  topic: 'x',
  fields: [
    { name: 'done', type: 'boolean' },
    { name: 'color', type: { type: 'enum', name: 'Color', namespace: 'x', symbols: ['RED', 'BLUE'] } },
    { name: 'weight', type: 'float' },
    { name: 'picture', type: 'bytes' },
    { name: 'key', type: uuid },
    { name: 'until', type: ['null', timestamp], default: null },
    { name: 'legs', type: { type: 'array', items: Leg } },
    { name: 'counts', type: { type: 'map', values: { type: 'array', items: 'long' } } },
    { name: 'best', type: ['null', Leg], default: null },
  ],
});
const leg = { from: 'Oslo', to: 'Rome', at: new Date(0) };
const message = {
  done: true,
  color: 'BLUE' as const,
  weight: 0.5,
  picture: Buffer.from('picture'),
  key: '6f1d0f6e-0000-7000-8000-000000000001',
  until: new Date(1),
  legs: [leg, leg],
  counts: { a: [1, -2], b: [2 ** 40] },
  best: leg,
};
let codec: Codec;
let valid: Buffer;
beforeAll(async () => {
  codec = await codecOf(new PaperRegistry(), [Everything]);
  valid = codec.encode(Everything, anEnvelope, message);
});

/** Decodes it, or says why not in the two ways that a service knows how to deal with. */
function met(value: Buffer): 'decoded' | 'undecodable' | 'unknown' {
  try {
    codec.decode('x', value);
    return 'decoded';
  } catch (error) {
    if (error instanceof UndecodableMessage) return 'undecodable';
    if (error instanceof UnknownSchemaId) return 'unknown';
    throw error;
  }
}

const bytes = fc.uint8Array({ maxLength: 300 }).map((each) => Buffer.from(each));
const numRuns = 2_000;

test('random bytes are undecodable, or of an unknown schema', () => {
  fc.assert(
    fc.property(bytes, (value) => void expect(met(value)).not.toBe('decoded')),
    { numRuns },
  );
});

test('random bytes behind the head of a known schema are undecodable', () => {
  fc.assert(
    fc.property(bytes, (body) => void met(Buffer.concat([valid.subarray(0, 5), body]))),
    { numRuns },
  );
});

test('a message of which some bytes have changed is decoded or undecodable, and nothing worse', () => {
  const changes = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 5 });
  const cut = fc.option(fc.nat(), { nil: undefined });
  const seen = new Set<string>();
  fc.assert(
    fc.property(changes, cut, (each, length) => {
      const value = Buffer.from(valid);
      for (const [at, byte] of each) value[5 + (at % (value.length - 5))] = byte;
      seen.add(met(length === undefined ? value : value.subarray(0, 5 + (length % value.length))));
    }),
    { numRuns },
  );
  expect([...seen].sort()).toEqual(['decoded', 'undecodable']);
});

test('what was not changed is decoded', () => {
  expect(codec.decode('x', valid)?.envelope).toEqual({ ...anEnvelope, message });
});
