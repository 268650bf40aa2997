import { figuresOf, type HappenedFault } from './figures';
import type { Sample } from './watch';

/** A second each: how many orders ended in it; undefined while the database does not answer. */
const samplesOf = (perSecond: readonly (number | undefined)[], oldestMs = 0): Sample[] => {
  let ended = 0;
  return [0, ...perSecond].map((count, index) => {
    ended += count ?? 0;
    const known = count === undefined ? undefined : ended;
    return { atMs: index * 1_000, ended: known, oldestMs: known === undefined ? undefined : oldestMs };
  });
};
const often = <Item>(times: number, item: Item): Item[] => Array.from({ length: times }, () => item);
const killed: HappenedFault = { kind: 'database killed', target: 'mysql', atMs: 10_000, overMs: 15_000 };

test('while the database was away nothing ended, and half of the usual rate is well again', () => {
  const samples = samplesOf([...often(10, 10), ...often(5, 0), 2, 3, ...often(10, 10)]);
  const figures = figuresOf(samples, [killed]);
  expect(figures.undisturbedPerSecond).toBe(10);
  expect(figures.disturbedPerSecond).toBe(0);
  expect(figures.disturbedMs).toBe(5_000);
  expect(figures.timeline).toEqual([{ ...killed, recoveredMs: 3_000 }]);
});

test('it is not well again while an order is old, or nobody can tell', () => {
  const well = often(10, 10);
  expect(figuresOf(samplesOf([...well, ...well], 11_000), [killed]).timeline[0]!.recoveredMs).toBeNull();
  const untold = [...well, ...often(5, undefined), ...often(2, undefined), ...well];
  expect(figuresOf(samplesOf(untold), [killed]).timeline[0]!.recoveredMs).toBeGreaterThanOrEqual(3_000);
});

test('what nobody noticed was well again at once', () => {
  expect(figuresOf(samplesOf(often(30, 10)), [killed]).timeline[0]!.recoveredMs).toBe(0);
});

test('of each kind it is told how often it was there, how fast orders ended meanwhile, and how soon again', () => {
  const at = (atMs: number, overMs: number): HappenedFault => ({ ...killed, atMs, overMs });
  const samples = samplesOf([...often(10, 10), ...often(5, 5), ...often(20, 10), ...often(5, 0), ...often(10, 10)]);
  const { kinds, disturbedPerSecond } = figuresOf(samples, [at(35_000, 40_000), at(10_000, 15_000)]);
  expect(kinds).toEqual({
    'database killed': { count: 2, endedPerSecond: 2.5, recoveredMsMedian: 0, recoveredMsMax: 2_000 },
  });
  expect(disturbedPerSecond).toBe(2.5);
});

test('one that was never over has no longest time', () => {
  const samples = samplesOf([...often(10, 10), ...often(10, 0)]);
  expect(figuresOf(samples, [killed]).kinds['database killed']).toMatchObject({
    recoveredMsMedian: null,
    recoveredMsMax: null,
  });
});

test('faults at the same time disturb once', () => {
  const poison: HappenedFault = { kind: 'poison', target: 'a topic', atMs: 12_000, overMs: 17_000 };
  expect(figuresOf(samplesOf(often(30, 10)), [killed, poison]).disturbedMs).toBe(7_000);
});
