import { costs, figuresOf, growthOf, type Costs, type Measured } from './measured';
import { plot } from './plot';
import { told } from './told';

const perSaga = (nodeUs: number): Costs => ({
  ...(Object.fromEntries(Object.keys(costs).map((cost) => [cost, null])) as unknown as Costs),
  nodeUs,
});
const one = (values: Partial<Measured>): Measured => ({
  system: 'kit',
  inFlight: 1,
  round: 1,
  sagas: 100,
  sagasSoFar: 100,
  perSecond: 10,
  p50Ms: 1,
  p90Ms: 2,
  p99Ms: 3,
  perSaga: perSaga(500),
  othersPercent: 4,
  rssBytes: 1_000_000,
  diskBytes: null,
  ...values,
});

test('a ratio is one of the same round, and not of medians', () => {
  const rounds = (system: Measured['system'], ...all: readonly number[]) =>
    all.map((perSecond, index) => one({ system, round: index + 1, perSecond }));
  const [kit, twin] = figuresOf([...rounds('kit', 100, 50, 80), ...rounds('twin', 50, 10, 20)]);
  expect(kit).toMatchObject({ perSecond: { median: 80, min: 50, max: 100 }, toTwin: { median: 4, min: 2, max: 5 } });
  expect(twin).toMatchObject({ toTwin: { median: 1, min: 1, max: 1 }, toLimit: null });
});

test('figures are told by level, whatever the order of the turns', () => {
  const figures = figuresOf([one({ inFlight: 64 }), one({ inFlight: 8 }), one({ inFlight: 64, system: 'limit' })]);
  expect(figures.map(({ inFlight, system }) => `${system} ${inFlight}`)).toEqual(['kit 8', 'kit 64', 'limit 64']);
});

test('what an order takes is the median of the rounds, and null where nobody knows', () => {
  const [figures] = figuresOf([400, 900, 500].map((us, index) => one({ round: index, perSaga: perSaga(us) })));
  expect(figures!.perSaga).toMatchObject({ nodeUs: 500, mysqlUs: null });
});

test('memory grows between rounds with the same load, disk between the first and the last measurement', () => {
  const at = (round: number, inFlight: number, sagasSoFar: number, rssBytes: number, diskBytes: number) =>
    one({ round, inFlight, sagasSoFar, rssBytes, diskBytes });
  const measured = [
    at(1, 1, 100, 1_000_000, 0),
    at(1, 64, 200, 5_000_000, 600),
    at(2, 1, 300, 1_000_000, 700),
    at(2, 64, 700, 6_000_000, 1_200),
  ];
  expect(growthOf(measured)).toEqual([
    { system: 'kit', sagas: 700, rssMb: 6, rssBytesPerSaga: 2_000, diskBytesPerSaga: 2 },
  ]);
  expect(growthOf(measured.slice(0, 1))).toEqual([
    { system: 'kit', sagas: 100, rssMb: 1, rssBytesPerSaga: null, diskBytesPerSaga: null },
  ]);
});

test('tables and plot say what was measured, and nothing where there is nothing', () => {
  const measured = [1, 64].flatMap((inFlight) => [one({ inFlight }), one({ inFlight, system: 'twin', perSecond: 4 })]);
  const figures = figuresOf(measured);
  const { perSaga: perSecond } = one({});
  const text = told(figures, growthOf(measured), [{ system: 'kit', perSecond: { ...perSecond, nodeUs: 25_000 } }]);
  expect(text).toMatch(/^64 +kit +10 \(10 to 10\) +1 \(1 to 1\).* 2\.5 \(2\.5 to 2\.5\) +– +4 \(4 to 4\)$/m);
  expect(text).toMatch(/^1 +twin +500 +– +–/m);
  expect(text).toMatch(/Of a core, at rest: kit 2\.5 %$/);
  expect(text).not.toMatch(/NaN|undefined|null/);
  const svg = plot(figures);
  expect(svg.match(/<polyline/g)).toHaveLength(2 * 3);
  expect(svg).not.toMatch(/NaN|undefined/);
});
