/** @import { Contracts, Topic, TopicState, View } from './types.js' */
import { openAct } from './act.js';
import { admin, ask } from './api.js';
import { h, the } from './dom.js';
import { counted, duration } from './format.js';
import { changed, refreshConsumers, system } from './system.js';
import { lagOf, topologyDrawing } from './topology-drawing.js';

/** Who sends what to whom, and how far each is behind. @returns {View} */
export function topologyView() {
  /** @type {Contracts[]} */
  let contracts = [];
  return {
    title: 'Topology',
    everyMs: 2_000,
    async refresh() {
      if (contracts.length < system.services.length)
        contracts = await Promise.all(system.services.map((service) => ask(admin(service, 'contracts'))));
      await refreshConsumers();
      changed();
    },
    draw() {
      if (contracts.length === 0) return [h('p', { class: 'faint' }, 'The services are being asked.')];
      const topics = topicsOf(contracts);
      const room = the('view').clientWidth;
      return [
        ...(room >= 760
          ? [
              h(
                'section',
                { class: 'card', 'aria-label': 'Drawing' },
                topologyDrawing(system.services, topics, room - 60),
              ),
            ]
          : []),
        services(),
        topicTable(topics),
      ];
    },
  };
}

/** @param {readonly Contracts[]} contracts @returns {Topic[]} */
function topicsOf(contracts) {
  /** @type {Map<string, Topic>} */
  const topics = new Map();
  const topicNamed = (/** @type {string} */ topic) => {
    const known = topics.get(topic) ?? { topic, messages: [], senders: [], listeners: [], states: [] };
    topics.set(topic, known);
    return known;
  };
  const note = (/** @type {string[]} */ list, /** @type {string} */ name) =>
    void (list.includes(name) || list.push(name));
  for (const { service, sends, listens } of contracts) {
    for (const { message, topic } of sends)
      (note(topicNamed(topic).senders, service), note(topicNamed(topic).messages, message));
    for (const { message, topic } of listens)
      (note(topicNamed(topic).listeners, service), note(topicNamed(topic).messages, message));
  }
  for (const { service, topics: states } of system.consumers.values())
    for (const state of states) topics.get(state.topic)?.states.push({ service, state });
  const order = (/** @type {Topic} */ { senders, listeners }) =>
    [senders, listeners].map(([first = '']) => String(system.services.indexOf(first) + 1).padStart(4, '0')).join();
  return [...topics.values()].sort((one, other) => (order(one) + one.topic < order(other) + other.topic ? -1 : 1));
}

function services() {
  return h(
    'ul',
    { class: 'services' },
    system.services.map((service) => {
      const overview = system.overviews.get(service);
      const consumer = system.consumers.get(service);
      const ready = system.troubles.has(service) ? undefined : overview?.ready;
      const oldest = consumer?.outbox.oldestSeconds;
      return h(
        'li',
        { class: 'card', id: `service-${service}` },
        h(
          'header',
          {},
          h('h2', {}, service),
          h(
            'span',
            { class: `pill ${ready ? 'good' : 'bad'}` },
            ready === undefined ? 'no answer' : ready ? 'ready' : 'not ready',
          ),
        ),
        overview && overview.reasons.length > 0 && h('p', { class: 'callout warn' }, overview.reasons.join('; ')),
        consumer &&
          h(
            'p',
            { class: 'faint' },
            `Outbox: ${counted(consumer.outbox.waiting, 'message')}${oldest !== null && oldest !== undefined ? `, the oldest for ${duration(oldest * 1_000)}` : ''}. Timers: ${consumer.timers.due} due.`,
          ),
      );
    }),
  );
}

/** @param {readonly Topic[]} topics */
const topicTable = (topics) =>
  h(
    'div',
    { class: 'scrolls card table', tabindex: 0, role: 'region', 'aria-label': 'Topics' },
    h(
      'table',
      {},
      h(
        'thead',
        {},
        h(
          'tr',
          {},
          ['Topic', 'Messages', 'Sent by', 'Listened to by', 'Lag', 'Held back', ''].map((each) =>
            h('th', { scope: 'col' }, each || h('span', { class: 'unseen' }, 'Act')),
          ),
        ),
      ),
      h('tbody', {}, topics.flatMap(topicRows)),
    ),
  );

/** A row for each service that listens. @param {Topic} topic */
function topicRows({ topic, messages, senders, listeners, states }) {
  const each = listeners.length > 0 ? listeners : [''];
  return each.map((service) => {
    const state = states.find((known) => known.service === service)?.state;
    const held =
      state?.partitions.flatMap(({ partition, heldBack }) =>
        heldBack === null ? [] : [`${partition}: ${heldBack}`],
      ) ?? [];
    return h(
      'tr',
      { id: `topic ${topic} ${service}` },
      h(
        'td',
        {},
        h('span', { class: 'id' }, topic),
        state?.paused && [' ', h('span', { class: 'pill warn' }, 'paused')],
      ),
      h('td', {}, messages.join(', ')),
      h('td', {}, senders.join(', ') || 'nobody here'),
      h('td', {}, service || 'nobody here'),
      h('td', { class: 'number' }, state ? lagOf(state).toLocaleString('en') : ''),
      h('td', {}, held.join('; ')),
      h('td', {}, state && pauseButton(service, state)),
    );
  });
}

/** @param {string} service @param {TopicState} state */
function pauseButton(service, { topic, paused }) {
  const verb = paused ? 'resume' : 'pause';
  const text = paused ? 'Resume' : 'Pause';
  return h(
    'button',
    {
      type: 'button',
      id: `pause ${topic} ${service}`,
      'aria-label': `${text} ${topic} in ${service}`,
      onclick: () =>
        openAct(
          `${text} a topic`,
          paused
            ? `${service} goes on with ${topic} where it was.`
            : `${service} handles nothing of ${topic} until it is resumed; what arrives waits, and no deadline waits for it.`,
          admin(service, 'consumer', 'topics', topic, verb),
        ),
    },
    text,
  );
}
