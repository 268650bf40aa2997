import { poisonFaults, type Parked } from './poison';

const put = new Map<string, 'parked' | 'harmless'>([
  ['1', 'parked'],
  ['2', 'harmless'],
]);
const parked = (number: string | undefined): Parked => ({
  ...{ service: 'order', topic: 'pay', reason: 'poison', error: 'it is no envelope' },
  number,
});

test('exactly the poison is parked; what had come before may be', () => {
  expect(poisonFaults(put, [parked('1')])).toEqual([]);
  expect(poisonFaults(put, [parked('1'), parked('1'), parked('2')])).toEqual([]);
});

test('poison that is not parked is told', () => {
  expect(poisonFaults(put, [parked('2')])).toEqual(['1 records of poison are not parked']);
});

test('a message is told that is no poison and is parked', () => {
  const faults = ['1 messages are parked that are no poison: order, pay: poison, it is no envelope'];
  expect(poisonFaults(put, [parked('1'), parked(undefined)])).toEqual(faults);
  expect(poisonFaults(put, [parked('1'), parked('3')])).toEqual(faults);
});
