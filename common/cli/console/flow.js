/** @import { SagaOverview, Step } from './types.js' */
import { h, s, textWidth } from './dom.js';
import { counted, duration } from './format.js';

/** @typedef {{ x: number, y: number, w: number, h: number }} Box */
/** @typedef {readonly [number, number]} Point */
/** @typedef {{ width: number, height: number, begun: Box, completed: Box, rejected: Box, steps: Box[], undos: (Box | undefined)[], isWide: boolean }} Layout */

const [stepHeight, undoHeight, endHeight, endWidth] = [60, 46, 46, 92];

/**
 * A saga as it flows: its steps from left to right (from top to bottom where there is no room), what undoes each below it.
 * @param {string} service
 * @param {SagaOverview} saga
 * @param {number} width
 */
export function flow(service, saga, width) {
  const at = layoutOf(saga, Math.max(280, width));
  const { begun, completed, rejected, windowSeconds } = { ...saga.recent };
  const refused = Object.values(rejected).reduce((total, each) => total + each, 0);
  const linkTo = (/** @type {string} */ status, /** @type {string} */ step) =>
    `#/sagas?${new URLSearchParams({ service, saga: saga.name, status, step }).toString()}`;
  const within = `in the last ${duration(windowSeconds * 1_000)}`;
  return s(
    'svg',
    {
      class: 'flow',
      width: at.width,
      height: at.height,
      viewBox: `0 0 ${at.width} ${at.height}`,
      role: 'group',
      'aria-label': `${saga.name}: ${counted(saga.steps.length, 'step')}, and how many instances stand at each`,
      id: `flow-${service}-${saga.name}`,
    },
    arrowHeads(),
    edgesOf(saga, at).map(({ points, kind }) => s('path', { class: `edge ${kind}`, d: pathOf(points) })),
    noReturn(saga, at),
    end(at.begun, 'begun', begun, `${counted(begun, 'instance')} begun ${within}`),
    end(at.completed, 'completed', completed, `${counted(completed, 'instance')} completed ${within}`),
    end(at.rejected, 'rejected', refused, `${counted(refused, 'instance')} rejected ${within}`),
    saga.steps.map((step, index) => {
      const count = countAt(saga, 'running', step.name);
      const [box, undo] = [at.steps[index], at.undos[index]];
      const compensating = countAt(saga, 'compensating', step.name);
      return [
        box && node(box, linkTo('running', step.name), step.name, termsOf(step), count, step.kind),
        undo && node(undo, linkTo('compensating', step.name), step.undo ?? '', 'compensation', compensating, 'undo'),
      ];
    }),
    s('g', { class: 'tokens', 'data-kept': true, 'aria-hidden': true }),
  );
}

/** @param {SagaOverview} saga @param {string} status @param {string} step */
const countAt = (saga, status, step) =>
  saga.standing.find((each) => each.status === status && each.step === step)?.count ?? 0;

/** @param {Step} step */
function termsOf({ kind, timeoutMs }) {
  if (kind === 'compensatable') return `within ${duration(timeoutMs)}`;
  return `${kind}, again after ${duration(timeoutMs)}`;
}

/** @param {SagaOverview} saga @param {number} width @returns {Layout} */
function layoutOf({ steps }, width) {
  const texts = steps.map((step) => Math.max(textWidth(step.name, 14, 600), textWidth(termsOf(step), 12)) + 28);
  const undoTexts = steps.map(({ undo }) => (undo === null ? 0 : textWidth(undo, 13, 600) + 28));
  const needed = Math.max(...texts, ...undoTexts);
  const gap = (width - 2 * endWidth - needed * steps.length) / (steps.length + 1);
  return gap >= 26 ? wide(steps, width, needed) : narrow(steps, width, Math.max(...texts), Math.max(...undoTexts));
}

/** @param {readonly Step[]} steps @param {number} width @param {number} needed @returns {Layout} */
function wide(steps, width, needed) {
  const w = Math.min(needed + 24, 220);
  const gap = Math.min(84, (width - 2 * endWidth - w * steps.length) / (steps.length + 1));
  const [top, low] = [14, 132];
  const x = (/** @type {number} */ index) => endWidth + gap + index * (w + gap);
  const middle = top + (stepHeight - endHeight) / 2;
  const hasUndo = steps.some(({ undo }) => undo !== null);
  return {
    isWide: true,
    width: x(steps.length) + endWidth,
    height: (hasUndo ? low + undoHeight : low - 26) + 12,
    begun: { x: 0, y: middle, w: endWidth, h: endHeight },
    completed: { x: x(steps.length), y: middle, w: endWidth, h: endHeight },
    rejected: { x: 0, y: hasUndo ? low : top + stepHeight + 20, w: endWidth, h: endHeight },
    steps: steps.map((_, index) => ({ x: x(index), y: top, w, h: stepHeight })),
    undos: steps.map(({ undo }, index) =>
      undo === null ? undefined : { x: x(index) + 10, y: low, w: w - 20, h: undoHeight },
    ),
  };
}

/** @param {readonly Step[]} steps @param {number} width @param {number} first @param {number} second @returns {Layout} */
function narrow(steps, width, first, second) {
  const between = 22;
  const w = Math.min(first + 8, 220, second > 0 ? width * 0.54 : width - 20);
  const right = w + between;
  const undoWidth = Math.min(second + 8, 200, width - right);
  const y = (/** @type {number} */ index) => 14 + endHeight + 28 + index * (stepHeight + 28);
  return {
    isWide: false,
    width: second > 0 ? right + undoWidth : w,
    height: y(steps.length) + endHeight + 12,
    begun: { x: (w - endWidth) / 2, y: 14, w: endWidth, h: endHeight },
    completed: { x: (w - endWidth) / 2, y: y(steps.length), w: endWidth, h: endHeight },
    rejected: { x: right + (undoWidth - endWidth) / 2, y: 14, w: endWidth, h: endHeight },
    steps: steps.map((_, index) => ({ x: 0, y: y(index), w, h: stepHeight })),
    undos: steps.map(({ undo }, index) =>
      undo === null ? undefined : { x: right, y: y(index) + 7, w: undoWidth, h: undoHeight },
    ),
  };
}

/** @param {SagaOverview} saga @param {Layout} at */
function edgesOf({ steps }, at) {
  const { isWide } = at;
  const forward = [at.begun, ...at.steps, at.completed];
  const edges = forward.slice(1).map((to, index) => {
    const from = /** @type {Box} */ (forward[index]);
    return { kind: 'onward', points: isWide ? [rightOf(from), leftOf(to)] : [bottomOf(from), topOf(to)] };
  });
  const undos = at.undos.flatMap((box, index) => (box ? [{ box, index }] : []));
  const backward = [at.rejected, ...undos.map(({ box }) => box)];
  const back = backward.slice(1).map((from, index) => {
    const to = /** @type {Box} */ (backward[index]);
    return { kind: 'back', points: isWide ? [leftOf(from), rightOf(to)] : [topOf(from), bottomOf(to)] };
  });
  const ties = undos.map(({ box, index }) => {
    const step = /** @type {Box} */ (at.steps[index]);
    return { kind: 'tie', points: isWide ? [bottomOf(step), topOf(box)] : [rightOf(step), leftOf(box)] };
  });
  const pivot = at.steps[steps.findIndex(({ kind }) => kind === 'pivot')];
  const last = undos.at(-1)?.box;
  if (!pivot || !last) return [...ties, ...edges, ...back];
  const turn = isWide
    ? [bottomOf(pivot), /** @type {Point} */ ([bottomOf(pivot)[0], rightOf(last)[1]]), rightOf(last)]
    : [rightOf(pivot), /** @type {Point} */ ([bottomOf(last)[0], rightOf(pivot)[1]]), bottomOf(last)];
  return [...ties, ...edges, ...back, { kind: 'back', points: turn }];
}

/** What comes after the pivot is not undone. @param {SagaOverview} saga @param {Layout} at */
function noReturn({ steps }, at) {
  const index = steps.findIndex(({ kind }) => kind === 'pivot');
  const [pivot, next] = [at.steps[index], at.steps[index + 1] ?? at.completed];
  if (!pivot) return;
  const [x, y] = [(pivot.x + pivot.w + next.x) / 2, (pivot.y + pivot.h + next.y) / 2];
  return at.isWide
    ? s('path', { class: 'no-return', d: `M${x} ${pivot.y - 12}V${pivot.y + pivot.h + 12}` })
    : s('path', { class: 'no-return', d: `M${pivot.x} ${y}H${pivot.x + pivot.w}` });
}

/** @param {Box} box */
const leftOf = ({ x, y, h: height }) => /** @type {Point} */ ([x, y + height / 2]);
/** @param {Box} box */
const rightOf = ({ x, y, w, h: height }) => /** @type {Point} */ ([x + w, y + height / 2]);
/** @param {Box} box */
const topOf = ({ x, y, w }) => /** @type {Point} */ ([x + w / 2, y]);
/** @param {Box} box */
const bottomOf = ({ x, y, w, h: height }) => /** @type {Point} */ ([x + w / 2, y + height]);
/** @param {readonly Point[]} points */
const pathOf = (points) => points.map(([x, y], index) => `${index === 0 ? 'M' : 'L'}${x} ${y}`).join('');

function arrowHeads() {
  const heads = ['onward', 'back'].map((kind) =>
    s(
      'marker',
      {
        id: `head-${kind}`,
        class: `head ${kind}`,
        viewBox: '0 0 8 8',
        refX: 7,
        refY: 4,
        markerWidth: 8,
        markerHeight: 8,
        orient: 'auto',
        markerUnits: 'userSpaceOnUse',
      },
      s('path', { d: 'M0 0L8 4L0 8z' }),
    ),
  );
  return s('defs', {}, heads);
}

/**
 * @param {Box} box
 * @param {string} href
 * @param {string} name
 * @param {string} terms
 * @param {number} count
 * @param {string} kind
 */
function node({ x, y, w, h: height }, href, name, terms, count, kind) {
  const does = kind === 'undo' ? 'compensate with' : 'wait at';
  const middle = x + w / 2;
  const bubble = Math.max(24, textWidth(String(count), 13, 700) + 14);
  return s(
    'a',
    {
      href,
      class: `node ${kind}${count > 0 ? ' busy' : ''}`,
      'aria-label': `${counted(count, 'instance')} ${does} ${name} (${kind})`,
    },
    s('rect', { x, y, width: w, height, rx: 10 }),
    kind === 'pivot' && s('rect', { class: 'inner', x: x + 4, y: y + 4, width: w - 8, height: height - 8, rx: 7 }),
    s('text', { class: 'name', x: middle, y: y + height / 2 - 3 }, name),
    s('text', { class: 'terms', x: middle, y: y + height / 2 + 14 }, kind === 'undo' ? `↩ ${terms}` : terms),
    count > 0 &&
      s(
        'g',
        { class: 'count' },
        s('rect', { x: x + w - bubble + 8, y: y - 12, width: bubble, height: 24, rx: 12 }),
        s('text', { x: x + w - bubble / 2 + 8, y: y + 4.5 }, count),
      ),
  );
}

/** @param {Box} box @param {string} name @param {number} count @param {string} label */
function end({ x, y, w, h: height }, name, count, label) {
  return s(
    'g',
    { class: `end ${name}`, role: 'img', 'aria-label': label },
    s('rect', { x, y, width: w, height, rx: height / 2 }),
    s('text', { class: 'number', x: x + w / 2, y: y + 21 }, count.toLocaleString('en')),
    s('text', { class: 'terms', x: x + w / 2, y: y + 36 }, name),
  );
}

const tokensMax = 5;

/**
 * Lets a dot run along each edge over which instances have gone since `before`, unless whoever looks wants no motion.
 * @param {string} service
 * @param {SagaOverview} before
 * @param {SagaOverview} saga
 * @param {number} width
 */
export function animate(service, before, saga, width) {
  const layer = document.getElementById(`flow-${service}-${saga.name}`)?.querySelector('.tokens');
  if (!layer || matchMedia('(prefers-reduced-motion: reduce)').matches) return;
  const at = layoutOf(saga, Math.max(280, width));
  const [onward, back] = ['onward', 'back'].map((kind) => edgesOf(saga, at).filter((each) => each.kind === kind));
  const total = (/** @type {SagaOverview} */ { recent }) =>
    Object.values(recent.rejected).reduce((sum, each) => sum + each, 0);
  const run = (
    /** @type {{ points: readonly Point[] } | undefined} */ edge,
    /** @type {number} */ count,
    kind = '',
  ) => {
    for (let index = 0; edge && index < Math.min(count, tokensMax); index++)
      send(layer, edge.points, kind, index * 120);
  };
  run(onward?.[0], saga.recent.begun - before.recent.begun);
  run(onward?.at(-1), saga.recent.completed - before.recent.completed);
  run(back?.[0], total(saga) - total(before), 'undo');
  const gained = (/** @type {string} */ status, /** @type {string} */ step) =>
    countAt(saga, status, step) - countAt(before, status, step);
  saga.steps.forEach(({ name }, index) => {
    if (index > 0) run(onward?.[index], gained('running', name));
  });
  const undone = saga.steps.filter(({ undo }) => undo !== null);
  undone.forEach(({ name }, index) => run(back?.[index + 1], gained('compensating', name), 'undo'));
}

/** @param {Element} layer @param {readonly Point[]} points @param {string} kind @param {number} delay */
function send(layer, points, kind, delay) {
  const dot = s('circle', { class: `token ${kind}`, r: 5, opacity: 0 });
  layer.append(dot);
  const frames = points.map(([x, y]) => ({ transform: `translate(${x}px, ${y}px)`, opacity: 1 }));
  dot.animate(frames, { duration: 600, delay, easing: 'ease-in-out' }).addEventListener('finish', () => dot.remove());
}

/** The same in words, for who does not see the drawing. @param {SagaOverview} saga */
export const standingInWords = (saga) =>
  h(
    'ul',
    { class: 'unseen' },
    saga.standing.map(({ status, step, count }) => h('li', {}, `${count} ${status} at ${step}`)),
  );
