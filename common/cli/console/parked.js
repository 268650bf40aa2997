/** @import { Page, ParkedDetails, ParkedView, View } from './types.js' */
import { openAct, openDialog, refusalOf } from './act.js';
import { admin, ask } from './api.js';
import { openReplayAll } from './bulk.js';
import { h } from './dom.js';
import { ago, counted, dayAndTime } from './format.js';
import { changed, system } from './system.js';

/** @typedef {ParkedView & { service: string }} Parked */
/** @typedef {{ service: string, topic: string, reason: string, items: Parked[] }} Group */

const [pageSize, pagesMax, shownMax] = [500, 4, 50];

/** Parked messages, by what they failed for. @returns {View} */
export function parkedView() {
  /** @type {Parked[] | undefined} */
  let all;
  /** @type {Set<string>} services that have more than is asked for */
  let cut = new Set();
  return {
    title: 'Parked',
    everyMs: 4_000,
    async refresh() {
      const found = await Promise.all(system.services.map((service) => parkedOf(service)));
      cut = new Set(found.flatMap(({ service, isCut }) => (isCut ? [service] : [])));
      if (system.services.length > 0) all = found.flatMap(({ items }) => items);
      changed();
    },
    draw() {
      if (!all) return [h('p', { class: 'faint' }, 'The services are being asked.')];
      if (all.length === 0)
        return [
          h(
            'p',
            { class: 'callout good' },
            h('strong', {}, 'Nothing is parked. '),
            'No message was given up, and no ordering key is blocked.',
          ),
        ];
      return [
        h(
          'p',
          {},
          `A parked message (a dead letter) was given up after its budget, or cannot be handled at all. It blocks its ordering key until it is replayed or dropped; what waits behind it follows then, in order.`,
        ),
        ...[...cut].map((service) =>
          h('p', { class: 'callout warn' }, `${service} has more: the first ${pageSize * pagesMax} are shown.`),
        ),
        ...groupsOf(all).map(groupCard),
      ];
    },
  };
}

/** @param {string} service */
async function parkedOf(service) {
  /** @type {Parked[]} */
  const items = [];
  let after = '';
  for (let pages = 0; pages < pagesMax; pages++) {
    const query = new URLSearchParams({ limit: String(pageSize), ...(after && { after }) });
    /** @type {Page<ParkedView>} */
    const page = await ask(`${admin(service, 'parked')}?${query}`);
    items.push(...page.items.map((item) => ({ ...item, service })));
    if (page.next === null) return { service, items, isCut: false };
    after = page.next;
  }
  return { service, items, isCut: true };
}

/** @param {readonly Parked[]} all @returns {Group[]} */
function groupsOf(all) {
  /** @type {Map<string, Group>} */
  const groups = new Map();
  for (const item of all) {
    const { service, topic, reason } = item;
    const key = JSON.stringify([service, topic, reason]);
    const group = groups.get(key) ?? { service, topic, reason, items: [] };
    groups.set(key, group);
    group.items.push(item);
  }
  return [...groups.values()].sort(
    (one, other) =>
      Number(one.reason === 'behind') - Number(other.reason === 'behind') || other.items.length - one.items.length,
  );
}

/** @param {Group} group */
function groupCard({ service, topic, reason, items }) {
  const oldest = items.map(({ at }) => at).sort()[0] ?? '';
  return h(
    'section',
    { class: 'card group', id: `group ${service} ${topic} ${reason}`, 'aria-label': `${reason} on ${topic}` },
    h(
      'header',
      {},
      h('span', { class: `pill ${reason === 'behind' ? '' : 'bad'}` }, reason),
      h('h2', {}, topic),
      h(
        'span',
        { class: 'faint' },
        `${counted(items.length, 'message')} of ${service} · the oldest ${ago(oldest)} ago`,
      ),
      reason !== 'behind' &&
        h(
          'span',
          { class: 'aside' },
          h(
            'button',
            {
              type: 'button',
              id: `replay-all ${service} ${topic} ${reason}`,
              onclick: () => openReplayAll(service, items),
            },
            `Replay ${items.length === 1 ? 'it' : `all ${items.length}`}`,
          ),
        ),
    ),
    h('ul', { class: 'parked' }, items.slice(0, shownMax).map(itemRow)),
    items.length > shownMax && h('p', { class: 'faint' }, `and ${counted(items.length - shownMax, 'other')}`),
  );
}

/** @param {Parked} item */
function itemRow(item) {
  const { service, id, key, error, why, attempts, times, at } = item;
  const path = admin(service, 'parked', id);
  const button = (/** @type {string} */ text, /** @type {() => unknown} */ onclick, kind = '') =>
    h(
      'button',
      { type: 'button', id: `${text} ${id}`, class: kind, 'aria-label': `${text} ${key ?? id}`, onclick },
      text,
    );
  return h(
    'li',
    { id: `parked ${id}` },
    h(
      'div',
      {},
      h('strong', { class: 'id' }, key ?? 'without a key'),
      h(
        'span',
        { class: 'faint' },
        ` ${dayAndTime(at)} · ${counted(attempts, 'attempt')}${times > 1 ? ` · parked ${times} times` : ''}`,
      ),
    ),
    h('p', { class: 'error' }, error),
    h('p', { class: 'faint' }, why),
    h(
      'div',
      { class: 'verbs' },
      button('Look', () => void lookAt(path)),
      item.reason !== 'behind' &&
        button('Replay', () => openAct('Replay a parked message', `${error}. ${why}`, `${path}/replay`)),
      button(
        'Drop',
        () => openAct('Drop a parked message', `It is given up for good. ${why}`, `${path}/drop`),
        'danger',
      ),
    ),
  );
}

/** @param {string} path */
async function lookAt(path) {
  try {
    /** @type {ParkedDetails} */
    const { topic, error, message, base64, id } = await ask(path);
    openDialog(
      'A parked message',
      h('p', { class: 'faint' }, `${topic} · ${id}`),
      h('p', { class: 'callout bad' }, error),
      h('h3', {}, message === null ? 'Its bytes' : 'Its content'),
      h('pre', { tabindex: 0 }, message === null ? (base64 ?? 'it has none') : JSON.stringify(message, null, 2)),
    );
  } catch (error) {
    openDialog('A parked message', ...refusalOf(error, 'It cannot be shown: '));
  }
}
