/** @import { Line } from './story.js' */
import { s, textWidth } from './dom.js';
import { duration } from './format.js';
import { nameOf, participantsOf } from './story.js';

/** @typedef {{ at: number, text: string }} Act what an operator has done */
/** @typedef {{ acts: readonly Act[], waiting: string, label: string, open: (line: Line) => void }} Marks */

const [gutter, top, rowHeight, gapHeight] = [74, 58, 46, 34];
const gapMs = 2_000;

/**
 * A story as a sequence diagram: participants as columns, each message an arrow, with when it was sent and how long it took.
 * @param {readonly Line[]} lines
 * @param {number} width
 * @param {Marks} marks
 */
export function sequence(lines, width, marks) {
  const participants = participantsOf(lines);
  const column = Math.max(112, Math.min(280, (width - gutter - 70) / Math.max(1, participants.length - 1)));
  const x = (/** @type {string} */ name) => gutter + 56 + Math.max(0, participants.indexOf(name)) * column;
  const { rows, height } = rowsOf(lines, marks.acts);
  const full = gutter + 56 + (participants.length - 1) * column + 62;
  return s(
    'svg',
    {
      class: 'sequence',
      width: full,
      height,
      viewBox: `0 0 ${full} ${height}`,
      role: 'group',
      'aria-label': marks.label,
      xmlns: 'http://www.w3.org/2000/svg',
    },
    participants.map((name) => lifeline(name, x(name), height)),
    rows.map((row) => {
      if ('line' in row) return arrow(row.line, row.y, x, lines[0]?.at ?? 0, column, marks);
      return s(
        'g',
        { class: row.kind },
        s('path', { d: `M${gutter} ${row.y}H${full - 6}` }),
        s('text', { x: gutter + 8, y: row.y - 6 }, row.text),
      );
    }),
  );
}

/** @typedef {{ y: number, line: Line } | { y: number, kind: 'gap' | 'act', text: string }} Row */

/** @param {readonly Line[]} lines @param {readonly Act[]} acts */
function rowsOf(lines, acts) {
  const all = [...lines.map((line) => ({ at: line.at, line })), ...acts].sort((one, other) => one.at - other.at);
  /** @type {Row[]} */
  const rows = [];
  let y = top;
  let last = all[0]?.at ?? 0;
  for (const each of all) {
    if (each.at - last > gapMs)
      rows.push({ y: (y += gapHeight), kind: 'gap', text: `${duration(each.at - last)} later` });
    if ('line' in each) rows.push({ y: (y += rowHeight), line: each.line });
    else rows.push({ y: (y += gapHeight), kind: 'act', text: each.text });
    last = each.at;
  }
  return { rows, height: y + 36 };
}

/** @param {string} name @param {number} x @param {number} height */
function lifeline(name, x, height) {
  const w = Math.max(72, Math.min(108, textWidth(name, 13, 600) + 24));
  return s(
    'g',
    { class: 'participant' },
    s('path', { d: `M${x} 44V${height}` }),
    s('rect', { x: x - w / 2, y: 12, width: w, height: 32, rx: 8 }),
    s('text', { x, y: 32.5 }, name),
  );
}

/**
 * @param {Line} line
 * @param {number} y
 * @param {(name: string) => number} x
 * @param {number} begin
 * @param {number} column
 * @param {Marks} marks
 */
function arrow(line, y, x, begin, column, { waiting, open }) {
  const [from, to] = ends(line, x, column);
  const towards = Math.sign(to - from) || 1;
  const tip = to - towards * 3;
  const name = nameOf(line);
  const takes =
    line.latencyMs === null
      ? line.isAwaited
        ? waiting
        : line.isHandled
          ? ''
          : 'not handled yet'
      : duration(line.latencyMs);
  const kind = [
    'message',
    line.isCompensation && 'undo',
    line.message.code !== null && 'refusal',
    !line.isHandled && 'open',
    line.isAwaited && 'awaited',
  ];
  const detail = () => open(line);
  return s(
    'g',
    {
      class: kind.filter(Boolean).join(' '),
      id: `message ${line.id}`,
      role: 'button',
      tabindex: 0,
      'aria-label': `${line.isCompensation ? 'compensation, ' : ''}${line.message.code === null ? line.message.type : `refused with ${line.message.code}`}, from ${line.from || 'unknown'} to ${line.to || 'unknown'}, ${takes}`,
      onclick: detail,
      onkeydown: (/** @type {KeyboardEvent} */ event) => {
        if (event.key !== 'Enter' && event.key !== ' ') return;
        event.preventDefault();
        detail();
      },
    },
    s('rect', { class: 'hit', x: 2, y: y - 26, width: Math.max(from, to) + 52, height: rowHeight - 2, rx: 6 }),
    s('text', { class: 'when', x: gutter - 10, y: y + 4 }, `+${duration(line.at - begin)}`),
    s('path', { class: 'line', d: `M${from} ${y}H${tip - towards * 5}` }),
    s('path', { class: 'tip', d: `M${tip} ${y}l${-towards * 9} -5v10z` }),
    line.isAwaited && s('circle', { class: 'pulse', cx: to, cy: y, r: 7 }),
    s('text', { class: 'name', x: (from + to) / 2, y: y - 8 }, name),
    s('text', { class: 'takes', x: (from + to) / 2, y: y + 14 }, takes),
  );
}

/** @param {Line} line @param {(name: string) => number} x @param {number} column @returns {[number, number]} */
function ends({ from, to }, x, column) {
  if (from === '') return [x(to) - column / 2, x(to)];
  if (to === '') return [x(from), x(from) + column / 2];
  return from === to ? [x(from) - 40, x(to)] : [x(from), x(to)];
}

const drawn = [
  'fill',
  'stroke',
  'stroke-width',
  'stroke-dasharray',
  'stroke-linejoin',
  'paint-order',
  'font-family',
  'font-size',
  'font-weight',
  'text-anchor',
  'opacity',
];

/** The drawing as a file of its own, with the colours that are to be seen now. @param {SVGSVGElement} svg */
export function asFile(svg) {
  const copy = /** @type {SVGSVGElement} */ (svg.cloneNode(true));
  const [own, others] = [svg.querySelectorAll('*'), copy.querySelectorAll('*')];
  own.forEach((element, index) => {
    const style = getComputedStyle(element);
    const other = others[index];
    for (const name of drawn) other?.setAttribute(name, style.getPropertyValue(name));
    for (const name of ['class', 'tabindex', 'role', 'id']) other?.removeAttribute(name);
  });
  const ground = s('rect', { width: '100%', height: '100%', fill: getComputedStyle(document.body).backgroundColor });
  copy.prepend(ground);
  return new XMLSerializer().serializeToString(copy);
}

/** The same in lines of text. @param {string} title @param {readonly Line[]} lines */
export function asText(title, lines) {
  const begin = lines[0]?.at ?? 0;
  const rows = lines.map((line) => [
    `+${duration(line.at - begin)}`,
    `${line.from || '?'} → ${line.to || '?'}`,
    nameOf(line),
    line.latencyMs === null ? (line.isHandled ? '' : 'not handled yet') : `(${duration(line.latencyMs)})`,
  ]);
  const widths = [0, 1, 2].map((at) => Math.max(0, ...rows.map((row) => (row[at] ?? '').length)));
  const text = rows.map((row) =>
    row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return `${[title, ...text].join('\n')}\n`;
}
