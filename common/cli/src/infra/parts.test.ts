import { chosenOf, isPartName, partName } from './parts';

test.each(['kafka', 'mysql', 'kafka-2', 'kafka-12'])('%s names something', (text) => {
  expect(isPartName(text)).toBe(true);
});

test.each(['', 'kafka-', 'kafka-0', 'kafka-x', 'postgres', 'xkafka', 'kafka-1-2'])('%j names nothing', (text) => {
  expect(isPartName(text)).toBe(false);
});

test('a component is all of its processes, also beside one of them', () => {
  expect(chosenOf(['kafka-3', 'kafka-1', 'mysql'])).toEqual(
    new Map([
      ['kafka', [2, 0]],
      ['mysql', undefined],
    ]),
  );
  expect(chosenOf(['kafka-1', 'kafka'])).toEqual(new Map([['kafka', undefined]]));
  expect(chosenOf(['kafka', 'kafka-1'])).toEqual(new Map([['kafka', undefined]]));
});

test('one that is alone has no number', () => {
  expect([partName('kafka', 0, 1), partName('kafka', 1, 3)]).toEqual(['kafka', 'kafka-2']);
});
