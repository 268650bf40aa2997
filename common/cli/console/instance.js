/** @import { AuditAct, Contracts, Page, Place, SagaDetails, StoryNode, View } from './types.js' */
/** @import { Line } from './story.js' */
import { openDialog } from './act.js';
import { admin, ask, Refusal } from './api.js';
import { download, h, the } from './dom.js';
import { storyPath } from './find.js';
import { ago, clock, counted, dayAndTime, duration, left } from './format.js';
import { asFile, asText, sequence } from './sequence.js';
import { linesOf, nameOf, participantsOf, storyFrom } from './story.js';
import { sagaOf, system } from './system.js';
import { verbButtons } from './verbs.js';

/** One instance, or the story of a process that is no saga. @param {Place} place @returns {View} */
export function instanceView({ parts: [kind, ...parts] }) {
  const [service, saga, txId = ''] = kind === 'sagas' ? parts : ['', '', parts[0]];
  /** @type {SagaDetails | undefined} */
  let details;
  /** @type {readonly StoryNode[]} */
  let story = [];
  /** @type {readonly AuditAct[]} */
  let acts = [];
  /** @type {Map<string, string>} */
  let listeners = new Map();
  let problem = '';
  let asked = 1;
  const isOpen = () => details !== undefined && ['running', 'compensating'].includes(details.status);
  const load = async () => {
    if (service && saga) details = await ask(admin(service, 'sagas', saga, txId));
    const told = await ask(storyPath(txId)).catch(noStory);
    story = told?.story ?? (service && details ? storyFrom(service, details.history) : []);
    if (service) acts = await actsOn(service, `saga ${saga}/${txId}`);
    if (listeners.size === 0) listeners = await listenersOf();
  };
  return {
    title: saga || 'Story',
    everyMs: 1_000,
    ticks: isOpen,
    async refresh() {
      if (details && !isOpen() && story.length > 0 && asked++ % 10 !== 0) return; // it has ended: little can come
      try {
        await load();
        problem = '';
      } catch (error) {
        if (!(error instanceof Refusal) || error.status === 401) throw error;
        problem = error.message;
      }
    },
    draw() {
      if (problem) return [h('p', { class: 'callout bad' }, problem)];
      if (!details && story.length === 0) return [h('p', { class: 'faint' }, 'The services are being asked.')];
      const definition = sagaOf(service, saga);
      const lines = linesOf(story, details, definition, (topic) => listeners.get(topic) ?? '');
      return [
        ...(details && service
          ? [facts(service, details), progress(details), verbButtons(service, details, definition)]
          : [h('p', { class: 'id' }, txId)]),
        storyCard(txId, details, lines, acts),
      ];
    },
  };
}

/** @param {unknown} error */
function noStory(error) {
  if (error instanceof Refusal && error.status !== 401) return undefined; // it is not told as a whole: what the saga has noted is
  throw error;
}

/** @param {string} service @param {string} subject @returns {Promise<readonly AuditAct[]>} */
async function actsOn(service, subject) {
  /** @type {Page<AuditAct>} */
  const { items } = await ask(`${admin(service, 'audit')}?limit=200`);
  return items.filter((each) => each.subject === subject);
}

/** Who handles what is on each topic. @returns {Promise<Map<string, string>>} */
async function listenersOf() {
  /** @type {(Contracts | undefined)[]} */
  const all = await Promise.all(system.services.map((each) => ask(admin(each, 'contracts')).catch(() => undefined)));
  return new Map(
    all.flatMap((each) => each?.listens.map(({ topic }) => /** @type {const} */ ([topic, each.service])) ?? []),
  );
}

/** @param {string} service @param {SagaDetails} details */
function facts(service, details) {
  const { txId, status, why, startedAt, updatedAt, attempts, needsOperator, dueAt, code, message } = details;
  const kind = needsOperator
    ? 'bad'
    : { running: '', compensating: 'undo', completed: 'good', rejected: 'bad' }[status];
  const took = duration(Date.parse(updatedAt) - Date.parse(startedAt));
  return h(
    'section',
    { class: 'card instance', 'aria-label': 'How it stands' },
    h(
      'header',
      {},
      h('span', { class: `pill ${status}` }, status),
      needsOperator && h('span', { class: 'pill bad' }, 'needs an operator'),
      h('span', { class: 'id' }, txId),
      h('span', { class: 'faint' }, `of ${service}`),
    ),
    h('p', { class: `callout ${kind}`, id: 'why' }, why, message !== null && ` It says: “${message}”.`),
    h(
      'dl',
      { class: 'figures' },
      figure('Begun', dayAndTime(startedAt)),
      dueAt === null && code === null && status === 'completed' && figure('Took', took),
      status === 'rejected' && figure('Took', took),
      dueAt !== null && figure(status === 'running' ? 'Waits until' : 'Asks again at', clock(dueAt)),
      dueAt !== null && figure('Left', h('span', { class: 'countdown' }, left(dueAt))),
      attempts > 0 && figure('Attempts', String(attempts)),
      code !== null && figure('Code', h('code', {}, code)),
      dueAt === null && attempts > 0 && figure('Waits for', ago(updatedAt)),
    ),
  );
}

/** @param {string} name @param {string | Node} value */
const figure = (name, value) => h('div', {}, h('dt', {}, name), h('dd', {}, value));

/** @param {SagaDetails} details */
function progress({ done, remaining, owed, status, step }) {
  const item = (
    /** @type {string} */ name,
    /** @type {string} */ kind,
    /** @type {string} */ sign,
    /** @type {string} */ what,
  ) =>
    h(
      'li',
      { class: kind },
      h('span', { 'aria-hidden': true }, sign),
      h('span', {}, name),
      h('span', { class: 'unseen' }, ` (${what})`),
    );
  const turned = status === 'compensating' || status === 'rejected';
  return h(
    'ol',
    { class: 'steps', 'aria-label': 'Steps' },
    done.map((name) => item(name, turned ? 'undone' : 'done', '✓', turned ? 'was done' : 'done')),
    status === 'running' && item(step, 'at', '●', 'waits'),
    remaining.map((name) => item(name, '', '○', 'to be done')),
    owed.map((name, index) =>
      item(name, 'undo', index === 0 ? '●' : '↩', index === 0 ? 'compensates now' : 'compensation that is owed'),
    ),
  );
}

/** @param {string} txId @param {SagaDetails | undefined} details @param {readonly Line[]} lines @param {readonly AuditAct[]} acts */
function storyCard(txId, details, lines, acts) {
  const title = `${details ? `${details.saga} ` : ''}${txId}${details ? ` ${details.status}${details.code === null ? '' : `: ${details.code}`}` : ''}`;
  const waiting = details?.dueAt
    ? `${details.status === 'running' ? 'deadline' : 'again'} in ${left(details.dueAt)}`
    : 'nobody has answered';
  const svg = sequence(lines, the('view').clientWidth - 60, {
    acts: acts.map(({ at, who, verb, reason }) => ({ at: Date.parse(at), text: `${verb} by ${who}: ${reason}` })),
    waiting,
    label: `${counted(lines.length, 'message')} between ${participantsOf(lines).join(', ')}`,
    open: openMessage,
  });
  return h(
    'section',
    { class: 'card story', 'aria-label': 'Story' },
    h(
      'header',
      {},
      h('h2', {}, 'Story'),
      h('span', { class: 'faint' }, counted(lines.length, 'message')),
      h(
        'span',
        { class: 'aside' },
        h(
          'button',
          { type: 'button', id: 'as-svg', onclick: () => download(`${txId}.svg`, 'image/svg+xml', asFile(shown())) },
          'Save as SVG',
        ),
        h(
          'button',
          { type: 'button', id: 'as-text', onclick: () => download(`${txId}.txt`, 'text/plain', asText(title, lines)) },
          'Save as text',
        ),
      ),
    ),
    h('div', { class: 'scrolls', tabindex: 0, role: 'region', 'aria-label': 'Sequence diagram' }, svg),
    legend(),
    h('details', {}, h('summary', {}, 'The same as a table'), tableOf(lines)),
  );
}

/** @returns {SVGSVGElement} */
function shown() {
  const svg = document.querySelector('svg.sequence');
  if (svg instanceof SVGSVGElement) return svg;
  throw new Error('no story is to be seen');
}

const legend = () =>
  h(
    'ul',
    { class: 'legend', 'aria-hidden': true },
    ...[
      ['onward', '→ message'],
      ['undo', '↩ compensation'],
      ['refusal', '✕ refusal'],
      ['open', '⇢ not handled yet'],
    ].map(([kind, text]) => h('li', { class: kind ?? '' }, text ?? '')),
  );

/** @param {readonly Line[]} lines */
function tableOf(lines) {
  const heads = ['Sent', 'From', 'To', 'Message', 'Took', 'Topic'];
  return h(
    'div',
    { class: 'scrolls' },
    h(
      'table',
      {},
      h(
        'thead',
        {},
        h(
          'tr',
          {},
          heads.map((each) => h('th', { scope: 'col' }, each)),
        ),
      ),
      h(
        'tbody',
        {},
        lines.map((line) =>
          h(
            'tr',
            {},
            [
              clock(new Date(line.at).toISOString()),
              line.from,
              line.to,
              `${nameOf(line)}${line.isCompensation ? ' (compensation)' : ''}`,
              line.isHandled ? duration(line.latencyMs) : 'not handled yet',
              line.message.topic,
            ].map((cell) => h('td', {}, cell)),
          ),
        ),
      ),
    ),
  );
}

/** @param {Line} line */
function openMessage({ message, from, to, latencyMs }) {
  const { type, topic, code, messageId, causationId, sent, received } = message;
  const hands = (/** @type {StoryNode['sent']} */ all) =>
    all
      .map(
        ({ service, at, times }) =>
          `${service}, ${dayAndTime(at)}.${at.slice(20, 23)}${times > 1 ? `, ${times} times` : ''}`,
      )
      .join('; ') || 'nobody yet';
  /** @type {[string, string][]} */
  const rows = [
    ['Topic', topic],
    ...(code === null ? [] : [/** @type {[string, string]} */ (['Refused with', code])]),
    ['Sent by', hands(sent)],
    ['Handled by', hands(received)],
    ['Took', duration(latencyMs)],
    ['Message id', messageId],
    ['Caused by', causationId],
  ];
  openDialog(
    type,
    h('p', { class: 'faint' }, `from ${from || 'unknown'} to ${to || 'unknown'}`),
    h(
      'dl',
      { class: 'details' },
      rows.map(([name, value]) => [h('dt', {}, name), h('dd', {}, value)]),
    ),
  );
}
