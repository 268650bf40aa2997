import type { Headers } from 'saga-kit/runtime';
import { bytesFrom, oneOf, wholeBelow } from '../random';
import { bodyOf, rewritten, withHead, type Envelope, type Template } from './templates';

/** A record that nobody should have sent. */
export interface GarbageRecord {
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers?: Headers;
  /** Milliseconds since 1970; the producer's own time when left out. */
  readonly timestampMs?: number;
}

/** What makes it: records that were really sent, and chance. */
export interface Materials {
  readonly template: Template;
  /** Of other topics too. */
  readonly all: readonly Template[];
  readonly random: () => number;
  readonly bytes: (count: number) => Buffer;
}

/** What has to become of it: it is parked, or leaves nothing but perhaps a row that says it came. */
export type Expected = 'parked' | 'harmless';

export interface GarbageKind {
  readonly expected: Expected;
  readonly make: (materials: Materials) => GarbageRecord;
}

type MakeValue = (materials: Materials) => Buffer | null;

const longText = 'x'.repeat(10_000);
const idMax = 2 ** 31 - 1;

/** Under the key of a real record, so that it stands in the way of whatever has that key. */
const parked = (makeValue: MakeValue): GarbageKind => ({
  expected: 'parked',
  make: (materials) => ({ key: materials.template.key, value: makeValue(materials) }),
});

/** The envelope of a real record with a fault in it. */
const badEnvelope = (over: (template: Template) => Partial<Envelope>): GarbageKind =>
  parked(({ template }) => rewritten(template, over(template)));

/** A real record once more, which is handled already, with something strange about it that is nobody's business. */
const copy = (strange: (materials: Materials) => Partial<GarbageRecord>): GarbageKind => ({
  expected: 'harmless',
  make: (materials) => ({ key: materials.template.key, value: materials.template.value, ...strange(materials) }),
});

const withKey = (keyOf: (materials: Materials) => Buffer | null): GarbageKind => ({
  expected: 'parked',
  make: (materials) => ({ key: keyOf(materials), value: materials.template.value }),
});

/** By name: every kind that somebody could think of. */
export const garbageKinds: Readonly<Record<string, GarbageKind>> = {
  tombstone: parked(() => null),
  empty: parked(() => Buffer.alloc(0)),
  json: parked(({ template }) => Buffer.from(JSON.stringify({ ...template.envelope, type: 'application/json' }))),
  xml: parked(() => Buffer.from('<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>')),
  'random bytes': parked(({ random, bytes }) => Buffer.concat([Buffer.from([1]), bytes(wholeBelow(random, 300))])),
  'cut within its head': parked(({ template, random }) => template.value.subarray(0, 1 + wholeBelow(random, 4))),
  'nothing behind its head': parked(({ template }) => withHead(template.schemaId)),
  'cut off': parked(({ template }) => template.value.subarray(0, template.value.length - 1)),
  'with bytes behind it': parked(({ template, random, bytes }) =>
    Buffer.concat([template.value, bytes(1 + wholeBelow(random, 50))]),
  ),
  'a schema id that nobody has': parked(({ template, random }) =>
    withHead(100_000 + wholeBelow(random, idMax - 100_000), bodyOf(template)),
  ),
  'one schema id that nobody has': parked(({ template }) => withHead(idMax, bodyOf(template))),
  'a negative schema id': parked(({ template }) => withHead(-1, bodyOf(template))),
  'a text said to be endless': parked(({ template }) =>
    withHead(template.schemaId, Buffer.from([254, 255, 255, 255, 15]), bodyOf(template)),
  ),
  large: parked(({ template, bytes }) => withHead(template.schemaId, Buffer.alloc(1, 255), bytes(200_000))),
  'no key': withKey(() => null),
  'an empty key': withKey(() => Buffer.alloc(0)),
  'the key of another': withKey(({ template, all, random }) => {
    const key = oneOf(random, all).key;
    return key.equals(template.key) ? Buffer.from('nobody') : key;
  }),
  'a large key': withKey(({ bytes }) => bytes(50_000)),
  'an id that is empty': badEnvelope(() => ({ id: '' })),
  'an id that is too long': badEnvelope(() => ({ id: longText })),
  'an id with a line in it': badEnvelope(({ envelope }) => ({ id: `${envelope.id}\nERROR all is lost` })),
  'an id beyond ASCII': badEnvelope(({ envelope }) => ({ id: `${envelope.id}\u202e🦄` })),
  'a txId that is not the key': badEnvelope(() => ({ txId: 'somebody-else' })),
  'a txId with a slash': badEnvelope(({ envelope }) => ({ txId: `${envelope.txId}/x` })),
  'a target that is empty': badEnvelope(() => ({ target: '' })),
  'a causationId that is too long': badEnvelope(() => ({ causationId: longText })),
  'bits turned': {
    expected: 'harmless', // or parked: it depends on what it still says
    make: ({ template, random }) => {
      const value = Buffer.from(template.value);
      value[5 + wholeBelow(random, value.length - 5)]! ^= 1 << wholeBelow(random, 8);
      return { key: template.key, value };
    },
  },
  'of another topic': {
    expected: 'harmless', // its type may be one that this service passes over
    make: ({ template, all, random }) => {
      const { key, value } = oneOf(
        random,
        all.filter(({ topic }) => topic !== template.topic),
      );
      return { key, value };
    },
  },
  'come again': copy(() => ({})),
  'come again, from 1970': copy(() => ({ timestampMs: 0 })),
  'come again, with a thousand headers': copy(({ bytes }) => ({
    headers: Array.from({ length: 1_000 }, (_, index) => [`x-${index % 7}`, bytes(8)] as const),
  })),
  'come again, with a large header': copy(({ bytes }) => ({ headers: [['x'.repeat(200), bytes(50_000)]] })),
  'come again, with strange headers': copy(() => ({
    headers: [
      ['', Buffer.from('no name')],
      ['__proto__', Buffer.from('{"polluted":true}')],
      ['constructor', Buffer.from([0, 255])],
      ['traceparent', Buffer.from('00-zz')],
    ],
  })),
};

/** So many records, each kind as often as the others, but for large ones, which are few. */
export function* garbage(
  templates: readonly Template[],
  all: readonly Template[],
  count: number,
  random: () => number,
): Generator<GarbageRecord & { readonly kind: string }> {
  const bytes = bytesFrom(random);
  const kinds = Object.keys(garbageKinds);
  const usual = kinds.filter((kind) => !rare.includes(kind));
  for (let index = 0; index < count; index++) {
    const kind = index % rareEvery === 0 ? oneOf(random, rare) : usual[index % usual.length]!;
    yield { kind, ...garbageKinds[kind]!.make({ template: oneOf(random, templates), all, random, bytes }) };
  }
}
const rare = ['large', 'a large key', 'come again, with a large header', 'come again, with a thousand headers'];
const rareEvery = 200;
