import { latenciesOf, percentile, spreadOf } from './figures';

const to = (last: number) => Array.from({ length: last }, (_, index) => index + 1);

test('a percentile is the least value that so many percent do not exceed', () => {
  expect([50, 90, 99, 100].map((percent) => percentile(to(200), percent))).toEqual([100, 180, 198, 200]);
  expect([1, 50, 51, 100].map((percent) => percentile([3, 7], percent))).toEqual([3, 3, 7, 7]);
  expect(percentile([5], 99)).toBe(5);
  expect(percentile([], 99)).toBe(NaN);
});

test('latencies are sorted by their size, and not as texts', () => {
  expect(latenciesOf([900, 1_000, ...to(98)])).toEqual({ p50Ms: 50, p90Ms: 90, p99Ms: 900 });
});

test('a median is in the middle, or between the two that are', () => {
  expect(spreadOf([9, 10, 1])).toEqual({ median: 9, min: 1, max: 10 });
  expect(spreadOf([4, 1, 2, 30])).toEqual({ median: 3, min: 1, max: 30 });
  expect(spreadOf([])).toEqual({ median: NaN, min: NaN, max: NaN });
});
