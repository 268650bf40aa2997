import { groupedBy, type Spread } from './figures';
import type { Figures } from './measured';
import { numberText } from './told';

interface Panel {
  readonly title: string;
  readonly of: (figures: Figures) => Spread;
}
const panels: readonly Panel[] = [
  { title: 'sagas/s', of: ({ perSecond }) => perSecond },
  { title: 'p50, ms', of: ({ p50Ms }) => p50Ms },
  { title: 'p99, ms', of: ({ p99Ms }) => p99Ms },
];
const colors = ['#0b62a4', '#c2410c', '#15803d', '#7c3aed', '#525252', '#b45309'];
const [width, height] = [360, 300];
const [left, right, top, bottom] = [56, 16, 40, 40];

/** A picture of the medians and how far they reach, both axes logarithmic, as SVG. */
export function plot(figures: readonly Figures[]): string {
  const systems = [...groupedBy(figures, ({ system }) => system)];
  const drawn = panels.map(
    (panel, index) => `<g transform="translate(${index * width},0)">${draw(panel, systems)}</g>`,
  );
  const legend = systems.map(([system], index) => {
    const x = left + index * 110;
    return `<rect x="${x}" y="${height + 8}" width="14" height="4" fill="${colorOf(index)}"/><text x="${x + 20}" y="${height + 14}">${system}</text>`;
  });
  const whole = `0 0 ${panels.length * width} ${height + 30}`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${whole}" font-family="sans-serif" font-size="11">
<rect width="100%" height="100%" fill="white"/>
${[...drawn, ...legend].join('\n')}
</svg>
`;
}

type Systems = readonly (readonly [system: string, figures: readonly Figures[]])[];

function draw({ title, of }: Panel, systems: Systems): string {
  const all = systems.flatMap(([, own]) => own);
  const levels = [...new Set(all.map(({ inFlight }) => inFlight))].sort((one, other) => one - other);
  const values = all.flatMap((each) => [of(each).min, of(each).max]);
  const x = scale([levels[0]!, levels.at(-1)!], [left, width - right]);
  const y = scale([Math.min(...values), Math.max(...values)], [height - bottom, top]);
  const ticks = decades(Math.min(...values), Math.max(...values)).map(
    (value) =>
      `<line x1="${left}" x2="${width - right}" y1="${y(value)}" y2="${y(value)}" stroke="#ddd"/><text x="${left - 6}" y="${y(value)}" dy="4" text-anchor="end">${numberText(value)}</text>`,
  );
  const marks = levels.map(
    (level) => `<text x="${x(level)}" y="${height - bottom + 16}" text-anchor="middle">${level}</text>`,
  );
  const lines = systems.map(([, own], index) => line(own, of, { x, y, color: colorOf(index) }));
  const heads = [
    `<text x="${left}" y="${top - 20}" font-weight="bold">${title}</text>`,
    `<text x="${width - right}" y="${height - bottom + 32}" text-anchor="end">orders in flight</text>`,
  ];
  return [...heads, ...ticks, ...marks, ...lines].join('\n');
}

type Scale = (value: number) => number;

function line(
  figures: readonly Figures[],
  of: Panel['of'],
  { x, y, color }: { readonly x: Scale; readonly y: Scale; readonly color: string },
): string {
  const points = figures.map((each) => `${x(each.inFlight)},${y(of(each).median)}`).join(' ');
  const reach = figures.map((each) => {
    const at = x(each.inFlight);
    const { median, min, max } = of(each);
    return `<line x1="${at}" x2="${at}" y1="${y(min)}" y2="${y(max)}" stroke="${color}"/><circle cx="${at}" cy="${y(median)}" r="3" fill="${color}"/>`;
  });
  return `<polyline points="${points}" fill="none" stroke="${color}" stroke-width="1.5"/>${reach.join('')}`;
}

/** From what is measured, logarithmically, to where it is drawn; what is all the same is in the middle. */
export function scale([from, to]: readonly [number, number], [begin, end]: readonly [number, number]): Scale {
  const span = Math.log(to) - Math.log(from);
  return (value) => {
    const share = span === 0 ? 0.5 : (Math.log(value) - Math.log(from)) / span;
    return Math.round((begin + share * (end - begin)) * 10) / 10;
  };
}

/** 1, 2 and 5 with their powers of ten, from `least` to `most`. */
export function decades(least: number, most: number): number[] {
  const powers = Array.from({ length: 16 }, (_, index) => 10 ** (index - 6));
  const steps = powers.flatMap((power) => [power, 2 * power, 5 * power]);
  return steps.filter((value) => value >= least && value <= most);
}

const colorOf = (index: number): string => colors[index % colors.length]!;
