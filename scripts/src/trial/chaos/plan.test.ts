import { randomFrom } from '../random';
import { kindNames, kindOf } from './kinds';
import { planFaults, type PlannedFault } from './plan';

const tenMinutes = (seed: number): PlannedFault[] =>
  planFaults({ kinds: kindNames, fromMs: 30_000, untilMs: 570_000, forMsMax: 60_000, random: randomFrom(seed) });
const endOf = ({ atMs, forMs }: PlannedFault) => atMs + forMs;
const seeds = Array.from({ length: 50 }, (_, seed) => seed);

test('the same seed plans the same faults, another one others', () => {
  expect(tenMinutes(1)).toEqual(tenMinutes(1));
  expect(tenMinutes(2)).not.toEqual(tenMinutes(1));
});

test('ten minutes have at least thirty faults, and every kind of them', () => {
  for (const seed of seeds) {
    const planned = tenMinutes(seed);
    expect(planned.length).toBeGreaterThanOrEqual(30);
    expect(new Set(planned.map(({ kind }) => kind))).toEqual(new Set(kindNames));
  }
});

test('the first one leaves time without any, and the last one is over in time', () => {
  for (const planned of seeds.map(tenMinutes)) {
    expect(Math.min(...planned.map(({ atMs }) => atMs))).toBeGreaterThanOrEqual(30_000);
    expect(Math.max(...planned.map(endOf))).toBeLessThanOrEqual(570_000);
  }
});

test('some are there at the same time, but never two that touch the same thing', () => {
  for (const planned of seeds.map(tenMinutes)) {
    const pairs = planned.flatMap((one, index) =>
      planned
        .slice(index + 1)
        .filter((other) => other.atMs < endOf(one) && one.atMs < endOf(other))
        .map((other) => [one, other] as const),
    );
    expect(pairs).not.toEqual([]);
    const held = ({ kind, target }: PlannedFault) => kindOf(kind).holds(target);
    for (const [one, other] of pairs) expect(held(one).filter((each) => held(other).includes(each))).toEqual([]);
  }
});

test('none lasts longer than it may', () => {
  const random = randomFrom(1);
  const planned = planFaults({ kinds: kindNames, fromMs: 0, untilMs: 600_000, forMsMax: 3_000, random });
  expect(Math.max(...planned.map(({ forMs }) => forMs))).toBe(3_000);
});
