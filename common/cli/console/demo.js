/** @import { DemoRequest, SagaDetails } from './types.js' */
import { actAtOnce, whoActs } from './act.js';
import { admin, ask, headersOf } from './api.js';
import { h, say } from './dom.js';
import { findSaga, placeOfSaga } from './find.js';
import { ago, duration, left } from './format.js';
import { changed, noteLack, reasonOf, refreshConsumers, sagaOf, system } from './system.js';

/** @typedef {{ key: string, label: string, txId: string, service?: string, details?: SagaDetails, trouble?: string }} Placed */

const placedMax = 12;
const lookMs = 400;

/** @type {Placed[]} what was placed here, the latest first */
const placed = [];
let silencing = '';

/** Buttons that send what the configuration names, and what became of it. */
export function demoPart() {
  const timer = setInterval(() => void lookAtAll(), lookMs);
  return {
    draw: () => (system.demo.demo ? [section(system.demo.demo)] : []),
    ticks: () => placed.some(isOpen),
    stop: () => clearInterval(timer),
  };
}

/** @param {Placed} each */
const isOpen = ({ trouble, details }) =>
  trouble === undefined && (!details || ['running', 'compensating'].includes(details.status));

/** @param {NonNullable<import('./types.js').Demo['demo']>} demo */
function section({ requests, silence }) {
  return h(
    'section',
    { class: 'card', id: 'demo', 'aria-label': 'Demonstration' },
    h(
      'header',
      {},
      h('h2', {}, 'Try it'),
      h('span', { class: 'faint' }, 'Each button sends a request, and it is followed.'),
    ),
    h(
      'div',
      { class: 'buttons' },
      requests.map((request, index) =>
        h('button', { id: `place-${index}`, type: 'button', onclick: () => void place(request) }, request.label),
      ),
    ),
    silence && silencer(silence),
    placed.length > 0 && h('ol', { class: 'placed', 'aria-label': 'Placed here' }, placed.map(row)),
  );
}

/** @param {DemoRequest} request */
async function place({ label, method, path, body }) {
  const key = crypto.randomUUID();
  /** @type {Placed} */
  const own = { key, label, txId: '' };
  placed.unshift(own);
  placed.length = Math.min(placed.length, placedMax);
  changed();
  try {
    const headers = await headersOf(path, { method, body, headers: { 'Idempotency-Key': key } });
    own.txId = headers.get('Location')?.split('/').at(-1) ?? '';
    if (own.txId === '') own.trouble = 'the answer does not say where it is';
  } catch (error) {
    own.trouble = reasonOf(error);
  }
  changed();
  await look(own);
}

let isLooking = false;

async function lookAtAll() {
  if (isLooking || document.hidden || system.locked) return;
  isLooking = true;
  await Promise.all(placed.filter(isOpen).map(look));
  isLooking = false;
}

/** @param {Placed} own */
async function look(own) {
  if (own.txId === '' || own.trouble) return;
  try {
    const found =
      own.service !== undefined && own.details
        ? { service: own.service, details: await ask(admin(own.service, 'sagas', own.details.saga, own.txId)) }
        : await findSaga(own.txId);
    if (!found) return;
    Object.assign(own, found);
    if (!isOpen(own)) say(`${own.label}: ${endingOf(found.details)}`);
    changed();
  } catch (error) {
    noteLack(error); // the banner says who does not answer; it is looked at again
  }
}

/** @param {SagaDetails} details */
const endingOf = ({ status, code }) => (code === null ? status : `${status}, ${code}`);

/** @param {Placed} own */
function row({ key, label, txId, service, details, trouble }) {
  return h(
    'li',
    { id: `placed-${key}` },
    h('span', { class: 'what' }, label),
    service !== undefined && details
      ? h('a', { href: placeOfSaga(service, details.saga, txId), class: 'id' }, txId)
      : h('span', { class: 'id' }, txId || '…'),
    details && service !== undefined && pips(service, details),
    h(
      'span',
      { class: 'how' },
      trouble ? h('span', { class: 'pill bad' }, trouble) : details ? standing(details) : 'placed',
    ),
  );
}

/** @param {string} service @param {SagaDetails} details */
function pips(service, { saga, status, step, done, code }) {
  const steps = sagaOf(service, saga)?.steps ?? [];
  const kindOf = (/** @type {string} */ name) => {
    if (status === 'completed' || done.includes(name))
      return status === 'rejected' || status === 'compensating' ? 'undone' : 'done';
    if (name !== step) return '';
    return status === 'running' ? 'at' : code ? 'undone' : '';
  };
  return h(
    'span',
    { class: 'pips', 'aria-hidden': true },
    steps.map(({ name }) => h('i', { class: kindOf(name) })),
  );
}

/** @param {SagaDetails} details */
function standing({ status, code, step, dueAt, startedAt, updatedAt }) {
  const took = duration(Date.parse(updatedAt) - Date.parse(startedAt));
  if (status === 'completed') return [h('span', { class: 'pill good' }, 'completed'), ` in ${took}`];
  if (status === 'rejected') return [h('span', { class: 'pill bad' }, `rejected: ${code ?? ''}`), ` in ${took}`];
  const until =
    dueAt === null ? 'needs an operator' : `${status === 'running' ? 'deadline' : 'again'} in ${left(dueAt)}`;
  return [h('span', { class: `pill ${status}` }, `${status} at ${step}`), ` for ${ago(updatedAt)}, ${until}`];
}

/** @param {{ label: string, service: string }} silence */
function silencer({ label, service }) {
  const topics = system.consumers.get(service)?.topics ?? [];
  const isSilent = topics.length > 0 && topics.every(({ paused }) => paused);
  const input = h('input', {
    id: 'silence',
    type: 'checkbox',
    disabled: topics.length === 0 || silencing === '…',
    onchange: () => void silenceAll(service, isSilent ? 'resume' : 'pause'),
  });
  input.checked = isSilent;
  const says = isSilent
    ? `${service} listens to nothing: at its deadline a step is given up, and what was done is compensated.`
    : '';
  return h(
    'div',
    { class: 'silence' },
    h('label', { for: 'silence' }, input, label),
    h('p', { class: 'faint', role: 'status' }, silencing || says),
  );
}

/** @param {string} service @param {'pause' | 'resume'} verb */
async function silenceAll(service, verb) {
  silencing = '…';
  changed();
  const reason = `a demonstration of what happens while ${service} is silent`;
  const who = whoActs() || 'whoever looks at the console';
  try {
    for (const { topic, paused } of system.consumers.get(service)?.topics ?? [])
      if (paused === (verb === 'resume'))
        await actAtOnce(admin(service, 'consumer', 'topics', topic, verb), { who, reason });
    silencing = '';
  } catch (error) {
    noteLack(error);
    silencing = `It could not ${verb}: ${reasonOf(error)}.`;
  }
  await refreshConsumers();
}
