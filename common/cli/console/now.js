/** @import { SagaOverview, View } from './types.js' */
import { demoPart } from './demo.js';
import { h, the } from './dom.js';
import { animate, flow, standingInWords } from './flow.js';
import { counted, duration } from './format.js';
import { allSagas, pausedTopics, refreshConsumers, system } from './system.js';

/** What needs somebody, and how all sagas move. @returns {View} */
export function nowView() {
  /** @type {Map<string, SagaOverview>} */
  let before = new Map();
  let width = roomFor();
  const resized = () => (width = roomFor());
  window.addEventListener('resize', resized);
  const demo = demoPart();
  return {
    title: 'Now',
    draw() {
      const sagas = allSagas();
      const now = new Map(sagas.map(({ service, saga }) => [`${service}/${saga.name}`, saga]));
      requestAnimationFrame(() => {
        for (const { service, saga } of sagas) {
          const last = before.get(`${service}/${saga.name}`);
          if (last && last !== saga) animate(service, last, saga, width);
        }
        before = now;
      });
      return [
        h('div', { id: 'attention' }, attention()),
        ...sagas.map(({ service, saga }) => sagaCard(service, saga, width)),
        ...(sagas.length === 0 && system.overviews.size > 0 ? [noSagas()] : []),
        ...demo.draw(),
      ];
    },
    refresh: refreshConsumers,
    ticks: demo.ticks,
    stop() {
      window.removeEventListener('resize', resized);
      demo.stop();
    },
  };
}

const roomFor = () => the('view').clientWidth - (the('view').clientWidth < 600 ? 58 : 90);

const noSagas = () =>
  h('p', { class: 'card' }, 'These services have no sagas: the topology shows what they tell each other.');

function attention() {
  if (system.overviews.size === 0) return h('p', { class: 'faint' }, 'The services are being asked.');
  const needs = [...system.overviews.values()].flatMap((each) => needsOf(each));
  const paused = pausedTopics();
  for (const service of new Set(paused.map((each) => each.service))) {
    const own = paused.filter((each) => each.service === service);
    needs.push(
      need(
        'warn',
        `${counted(own.length, 'topic')} of ${service} ${own.length === 1 ? 'is' : 'are'} paused`,
        '#/topology',
        own.map(({ topic }) => topic).join(', '),
      ),
    );
  }
  if (needs.length > 0) return [h('h2', {}, 'Needs somebody'), h('ul', { class: 'needs' }, needs)];
  return h('p', { class: 'callout good' }, h('strong', {}, 'Nothing needs anybody. '), 'Every service is ready.');
}

/** @param {import('./types.js').Overview} overview */
function needsOf({ service, ready, reasons, parked, needsOperator, refused }) {
  return [
    needsOperator > 0 &&
      need(
        'bad',
        `${counted(needsOperator, 'saga')} of ${service} ${needsOperator === 1 ? 'needs' : 'need'} an operator`,
        `#/sagas?service=${encodeURIComponent(service)}&needsOperator=true`,
        'Nobody has answered often enough. Retry, skip the step, compensate or abandon.',
      ),
    !ready && need('bad', `${service} is not ready`, '#/topology', reasons.join('; ')),
    ready &&
      reasons.length > 0 &&
      need('warn', `${service} is ready, but not all of it`, '#/topology', reasons.join('; ')),
    parked > 0 &&
      need(
        'bad',
        `${counted(parked, 'message is', 'messages are')} parked in ${service}`,
        '#/parked',
        'Each blocks its ordering key until it is replayed or dropped.',
      ),
    refused > 0 &&
      need(
        'warn',
        `The broker refuses ${counted(refused, 'message')} of ${service}`,
        '#/topology',
        'They are sent again by themselves: raise the limit or give the permission.',
      ),
  ].filter((each) => each instanceof Node);
}

/** @param {string} kind @param {string} text @param {string} href @param {string} detail */
const need = (kind, text, href, detail) =>
  h('li', { class: `need ${kind}` }, h('a', { href }, text), h('p', {}, detail));

/** @param {string} service @param {SagaOverview} saga @param {number} width */
function sagaCard(service, saga, width) {
  const { windowSeconds, completed, rejected, p50Ms, p99Ms } = saga.recent;
  const refused = Object.values(rejected).reduce((total, each) => total + each, 0);
  const inFlight = saga.standing.reduce((total, { count }) => total + count, 0);
  const perMinute = ((completed + refused) * 60) / windowSeconds;
  return h(
    'section',
    { class: 'card', id: `saga-${service}-${saga.name}`, 'aria-label': `${saga.name} of ${service}` },
    h(
      'header',
      {},
      h('h2', {}, saga.name),
      h('span', { class: 'faint' }, `of ${service} · the last ${duration(windowSeconds * 1_000)}`),
      h('a', { class: 'aside', href: `#/sagas?${new URLSearchParams({ service, saga: saga.name })}` }, 'All instances'),
    ),
    h(
      'dl',
      { class: 'figures' },
      figure('In flight', inFlight.toLocaleString('en')),
      figure('Ended per minute', perMinute.toLocaleString('en', { maximumFractionDigits: perMinute < 10 ? 1 : 0 })),
      figure('Median', duration(p50Ms)),
      figure('99th percentile', duration(p99Ms)),
      figure('Rejected', completed + refused === 0 ? '–' : `${Math.round((100 * refused) / (completed + refused))} %`),
    ),
    flow(service, saga, width),
    standingInWords(saga),
    refusals(rejected),
  );
}

/** @param {string} name @param {string} value */
const figure = (name, value) => h('div', {}, h('dt', {}, name), h('dd', {}, value));

/** @param {Readonly<Record<string, number>>} rejected */
function refusals(rejected) {
  const codes = Object.entries(rejected).sort(([, one], [, other]) => other - one);
  if (codes.length === 0) return undefined;
  return h(
    'div',
    { class: 'refusals' },
    h('h3', {}, 'Rejected with'),
    h(
      'ul',
      {},
      codes.map(([code, count]) => h('li', {}, h('code', {}, code), h('strong', {}, count.toLocaleString('en')))),
    ),
  );
}
