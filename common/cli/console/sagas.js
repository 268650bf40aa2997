/** @import { Page, Place, SagaView, View } from './types.js' */
import { field } from './act.js';
import { admin, ask } from './api.js';
import { h } from './dom.js';
import { placeOfSaga } from './find.js';
import { ago, dayAndTime, left } from './format.js';
import { allSagas, system } from './system.js';

const pageSize = 50;
const filters = ['saga', 'status', 'step', 'needsOperator', 'after'];
const statuses = ['running', 'compensating', 'completed', 'rejected'];

/** Instances, page by page. @param {Place} place @returns {View} */
export function sagasView({ query }) {
  /** @type {Page<SagaView> | undefined} */
  let page;
  const serviceOf = () => query.get('service') ?? allSagas()[0]?.service;
  return {
    title: 'Sagas',
    async refresh() {
      const service = serviceOf();
      if (service === undefined) return;
      const asked = new URLSearchParams({ limit: String(pageSize) });
      for (const name of filters) {
        const value = query.get(name);
        if (value) asked.set(name, value);
      }
      page = await ask(`${admin(service, 'sagas')}?${asked}`);
    },
    everyMs: 2_000,
    ticks: () => page?.items.some(({ dueAt }) => dueAt !== null) ?? false,
    draw() {
      const service = serviceOf();
      if (system.overviews.size === system.services.length && service === undefined)
        return [h('p', { class: 'card' }, 'These services have no sagas.')];
      return [
        filterForm(query, service),
        page && service !== undefined
          ? list(service, page)
          : h('p', { class: 'faint' }, 'The services are being asked.'),
        page ? pages(query, page) : h('div'),
      ];
    },
  };
}

/** @param {URLSearchParams} query @param {string | undefined} service */
function filterForm(query, service) {
  const sagas = allSagas().filter((each) => each.service === service);
  const chosen = sagas.filter(({ saga }) => !query.get('saga') || saga.name === query.get('saga'));
  const steps = [...new Set(chosen.flatMap(({ saga }) => saga.steps.map(({ name }) => name)))];
  const services = [...new Set(allSagas().map((each) => each.service))];
  const choice = (
    /** @type {string} */ label,
    /** @type {string} */ name,
    /** @type {readonly string[]} */ options,
    any = 'any',
  ) =>
    field(
      label,
      h(
        'select',
        { id: `filter-${name}`, onchange: (event) => filter(query, name, event.target.value) },
        any !== '' && h('option', { value: '' }, any),
        options.map((option) =>
          h(
            'option',
            { value: option, selected: (query.get(name) ?? (name === 'service' ? service : '')) === option },
            option,
          ),
        ),
      ),
    );
  const needy = h('input', {
    id: 'filter-needs',
    type: 'checkbox',
    onchange: (event) => filter(query, 'needsOperator', event.target.checked ? 'true' : ''),
  });
  needy.checked = query.get('needsOperator') === 'true';
  return h(
    'form',
    { class: 'filters', 'aria-label': 'Filters', onsubmit: (event) => event.preventDefault() },
    services.length > 1 && choice('Service', 'service', services, ''),
    choice(
      'Saga',
      'saga',
      sagas.map(({ saga }) => saga.name),
    ),
    choice('Status', 'status', statuses),
    choice('Step', 'step', steps),
    h('label', { class: 'check', for: 'filter-needs' }, needy, 'Needs an operator'),
  );
}

/** @param {URLSearchParams} query @param {string} name @param {string} value */
function filter(query, name, value) {
  const next = new URLSearchParams(query);
  next.delete('after');
  if (value) next.set(name, value);
  else next.delete(name);
  if (name === 'service') ['saga', 'step'].forEach((each) => next.delete(each));
  location.hash = `#/sagas?${next}`;
}

/** @param {string} service @param {Page<SagaView>} page */
function list(service, { items }) {
  if (items.length === 0) return h('p', { class: 'card' }, 'There are none.');
  return h(
    'div',
    { class: 'scrolls card table', tabindex: 0, role: 'region', 'aria-label': 'Instances' },
    h(
      'table',
      {},
      h(
        'thead',
        {},
        h(
          'tr',
          {},
          ['Instance', 'Status', 'Step', 'Attempts', 'Begun', 'Moved', 'Due'].map((each) =>
            h('th', { scope: 'col' }, each),
          ),
        ),
      ),
      h(
        'tbody',
        {},
        items.map((item) => row(service, item)),
      ),
    ),
  );
}

/** @param {string} service @param {SagaView} item */
function row(service, { saga, txId, status, step, code, attempts, needsOperator, startedAt, updatedAt, dueAt, why }) {
  return h(
    'tr',
    { title: why, id: `saga ${saga}/${txId}` },
    h(
      'td',
      {},
      h('a', { href: placeOfSaga(service, saga, txId), class: 'id' }, txId),
      h('span', { class: 'faint below' }, saga),
    ),
    h(
      'td',
      {},
      h('span', { class: `pill ${status}` }, status),
      needsOperator && [' ', h('span', { class: 'pill bad' }, 'needs an operator')],
      code !== null && h('code', { class: 'below' }, code),
    ),
    h('td', {}, step),
    h('td', { class: 'number' }, attempts || ''),
    h('td', { class: 'number' }, dayAndTime(startedAt)),
    h('td', { class: 'number' }, `${ago(updatedAt)} ago`),
    h('td', { class: 'number' }, dueAt === null ? '' : `in ${left(dueAt)}`),
  );
}

/** @param {URLSearchParams} query @param {Page<SagaView>} page */
function pages(query, { next }) {
  const to = (/** @type {string | null} */ after) => {
    const other = new URLSearchParams(query);
    if (after === null) other.delete('after');
    else other.set('after', after);
    return `#/sagas?${other}`;
  };
  return h(
    'nav',
    { class: 'pages', 'aria-label': 'Pages' },
    query.has('after') && h('a', { href: to(null) }, 'First page'),
    next !== null && h('a', { href: to(next) }, 'Next page'),
  );
}
