/** @import { AuditAct, Page, Place, View } from './types.js' */
import { admin, ask } from './api.js';
import { h } from './dom.js';
import { placeOfSaga } from './find.js';
import { dayAndTime } from './format.js';
import { changed, system } from './system.js';

const pageSize = 100;

/** Who has done what, in all services, the latest first. @param {Place} place @returns {View} */
export function auditView({ query }) {
  /** @type {(AuditAct & { service: string })[] | undefined} */
  let acts;
  let isCut = false;
  const limit = Math.min(500, Number(query.get('limit')) || pageSize);
  return {
    title: 'Audit',
    everyMs: 5_000,
    async refresh() {
      const found = await Promise.all(
        system.services.map(async (service) => {
          /** @type {Page<AuditAct>} */
          const { items, next } = await ask(`${admin(service, 'audit')}?limit=${limit}`);
          isCut ||= next !== null;
          return items.map((item) => ({ ...item, service }));
        }),
      );
      if (system.services.length > 0) acts = found.flat().sort((one, other) => (one.at < other.at ? 1 : -1));
      changed();
    },
    draw() {
      if (!acts) return [h('p', { class: 'faint' }, 'The services are being asked.')];
      if (acts.length === 0)
        return [h('p', { class: 'card' }, 'Nobody has done anything yet: what operators do is noted here.')];
      return [
        table(acts),
        isCut && limit < 500
          ? h('nav', { class: 'pages', 'aria-label': 'Pages' }, h('a', { href: '#/audit?limit=500' }, 'More'))
          : h('div'),
      ];
    },
  };
}

/** @param {readonly (AuditAct & { service: string })[]} acts */
const table = (acts) =>
  h(
    'div',
    { class: 'scrolls card table', tabindex: 0, role: 'region', 'aria-label': 'Acts' },
    h(
      'table',
      {},
      h(
        'thead',
        {},
        h(
          'tr',
          {},
          ['When', 'Who', 'Did', 'To', 'Reason', 'Before', 'After'].map((each) => h('th', { scope: 'col' }, each)),
        ),
      ),
      h('tbody', {}, acts.map(row)),
    ),
  );

/** @param {AuditAct & { service: string }} act */
function row({ id, service, at, who, verb, subject, reason, before, after }) {
  const [, saga, txId] = /^saga ([^/]+)\/(.+)$/.exec(subject) ?? [];
  return h(
    'tr',
    { id: `act ${service} ${id}` },
    h('td', { class: 'number' }, dayAndTime(at)),
    h('td', {}, who),
    h('td', {}, h('strong', {}, verb)),
    h(
      'td',
      {},
      saga && txId
        ? [`${saga} `, h('a', { class: 'id', href: placeOfSaga(service, saga, txId) }, txId)]
        : h('span', { class: 'id' }, subject),
      h('span', { class: 'faint below' }, service),
    ),
    h('td', {}, reason),
    h('td', {}, facts(before)),
    h('td', {}, after === null ? 'gone' : facts(after)),
  );
}

/** @param {AuditAct['before']} known */
const facts = (known) =>
  Object.entries(known)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
