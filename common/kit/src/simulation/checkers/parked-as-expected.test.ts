import { faultsOf as all, nothingElse, Story, withTable } from '../../../test/a-history';
import type { ExpectedParked } from './checker';
import { parkedAsExpected } from './parked-as-expected';

const parked = {
  id: 'rooms@1/7',
  topic: 'rooms',
  record_partition: 1,
  record_offset: '7',
  reason: 'not-avro',
  error: 'garbage',
  record_key: Buffer.from('t1'),
};
const faultsOf = (rows: readonly Record<string, unknown>[], ...expected: ExpectedParked[]) =>
  all(parkedAsExpected.name, withTable(Story.completed().history(), 'hotel', 'kit_parked', rows), {
    ...nothingElse,
    parked: expected,
  });

test('what is parked and had to be is right, however much of it is said', () => {
  expect(faultsOf([parked], { topic: 'rooms' })).toEqual([]);
  expect(faultsOf([parked], { service: 'hotel', topic: 'rooms', reason: 'not-avro', partition: 1, offset: 7 })).toEqual(
    [],
  );
});

test('a loose expectation does not take the place of a precise one', () => {
  const other = { ...parked, id: 'rooms@1/8', record_offset: '8' };
  expect(faultsOf([parked, other], { topic: 'rooms' }, { topic: 'rooms', offset: 7 })).toEqual([]);
});

test('what is parked and did not have to be is told', () => {
  expect(faultsOf([parked])).toEqual(['hotel: rooms@1/7 (rooms@1/7) is parked, not-avro: garbage']);
  expect(faultsOf([parked, { ...parked, id: 'again' }], { topic: 'rooms' })).toHaveLength(1);
});

test.each<ExpectedParked>([
  { topic: 'tables' },
  { topic: 'rooms', reason: 'exhausted' },
  { topic: 'rooms', partition: 2 },
  { topic: 'rooms', offset: 8 },
  { service: 'order', topic: 'rooms' },
])('what is parked otherwise than it had to be is told, and what is missing: %j', (expected) => {
  expect(faultsOf([parked], expected)).toHaveLength(2);
});

test('what had to be parked and is not is told', () => {
  expect(faultsOf([], { topic: 'rooms', partition: 1, offset: 7, reason: 'not-avro' })).toEqual([
    'nobody has parked what had to be parked of rooms@1/7, as not-avro',
  ]);
  expect(faultsOf([], { service: 'hotel', topic: 'rooms' })).toEqual([
    'hotel has not parked what had to be parked of rooms',
  ]);
});
