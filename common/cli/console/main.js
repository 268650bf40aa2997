/** @import { Place, View } from './page.js' */
import { auditView } from './audit.js';
import { become, h, say, the } from './dom.js';
import { left } from './format.js';
import { findView } from './find.js';
import { instanceView } from './instance.js';
import { nowView } from './now.js';
import { parkedView } from './parked.js';
import { sagasView } from './sagas.js';
import { noteLack, onChange, start, stop, system, unlock } from './system.js';
import { topologyView } from './topology.js';

const views = { '': 'Now', sagas: 'Sagas', parked: 'Parked', topology: 'Topology', audit: 'Audit' };
const [everyMs, soonMs] = [3_000, 100];

/** @type {View} */
let view;
/** @type {number | undefined} */
let timer;

/** @returns {Place} */
function placeOf() {
	const [path = '', query] = location.hash.replace(/^#\/?/, '').split('?');
	return { parts: path.split('/').filter(Boolean).map(decodeURIComponent), query: new URLSearchParams(query) };
}

/** @param {Place} place @returns {View} */
function viewAt(place) {
	const [first, , , last] = place.parts;
	if (first === undefined) return nowView();
	if (first === 'sagas') return last === undefined ? sagasView(place) : instanceView(place);
	if (first === 'stories') return instanceView(place);
	if (first === 'find') return findView(place);
	if (first === 'parked') return parkedView();
	if (first === 'topology') return topologyView();
	if (first === 'audit') return auditView(place);
	return { title: 'Not found', draw: () => [h('p', 'There is no such view.')] };
}

function show() {
	view?.stop?.();
	view = viewAt(placeOf());
	document.title = `${view.title} · saga-kit`;
	the('view').replaceChildren(h('h1', { tabindex: -1 }, view.title), h('div', { id: 'body' }));
	draw();
	void refresh();
}

function draw() {
	const [first = ''] = placeOf().parts;
	const at = ['stories', 'find'].includes(first) ? 'sagas' : first;
	const parked = [...system.overviews.values()].reduce((total, each) => total + each.parked, 0);
	const links = Object.entries(views).map(([path, title]) => {
		const badge = path === 'parked' && parked > 0 && h('span.badge', parked);
		return h('a', { href: `#/${path}`, 'aria-current': path === at ? 'page' : null }, title, badge);
	});
	become(the('views'), links);
	drawConnection();
	become(the('body'), system.locked ? [tokenForm()] : [...troubleBanner(), ...view.draw()]);
}

function drawConnection() {
	const { troubles, services, locked, overviews } = system;
	const isGone = troubles.has('') || troubles.size === services.length;
	const [kind, text] = locked
		? ['locked', 'Token needed']
		: troubles.size > 0
			? isGone
				? ['gone', 'No connection']
				: ['partly', 'Partly connected']
			: overviews.size > 0
				? ['live', 'Live']
				: ['', 'Connecting'];
	become(the('connection'), [h('span', { class: kind }, text)]);
}

function troubleBanner() {
	return [...system.troubles].map(([service, { detail, until }]) =>
		h(
			'p.callout.bad',
			{ id: `trouble-${service}` },
			h('strong', `${service || 'The service'} cannot be asked: `),
			`${detail}. `,
			h('span', { 'aria-hidden': true }, `It is asked again in ${left(new Date(until).toISOString())}.`),
		),
	);
}

function tokenForm() {
	return h(
		'form.card.token',
		{
			onsubmit: (event) => {
				event.preventDefault();
				const { value } = /** @type {HTMLInputElement} */ (the('token'));
				unlock(value);
				show();
			},
		},
		h('h2', 'A token is needed'),
		h('p', 'These services answer whoever sends the token that their setting ADMIN_TOKEN names.'),
		h('label', { for: 'token' }, 'Token'),
		h('input', { id: 'token', type: 'password', required: true, autocomplete: 'current-password' }),
		h('button.main', 'Go on'),
		h('p.faint', 'It is kept until this window is closed, and is part of no address.'),
	);
}

async function refresh() {
	clearTimeout(timer);
	const asking = view;
	try {
		if (!system.locked && !document.hidden && system.services.length > 0) await asking.refresh?.();
	} catch (error) {
		noteLack(error); // anything else is told by the banner, since whoever is watched does not answer either
	}
	if (asking !== view) return;
	draw();
	clearTimeout(timer);
	const waitMs = system.services.length > 0 ? (asking.everyMs ?? everyMs) : soonMs;
	timer = window.setTimeout(() => void refresh(), waitMs);
}

function listen() {
	onChange(draw);
	window.addEventListener('hashchange', () => {
		if (!location.hash.startsWith('#/') && location.hash !== '') return;
		show();
		scrollTo(0, 0);
		the('view').querySelector('h1')?.focus();
	});
	document.addEventListener('visibilitychange', () => {
		if (document.hidden) return stop();
		start();
		void refresh();
	});
	the('search').addEventListener('submit', (event) => {
		event.preventDefault();
		const { value } = /** @type {HTMLInputElement} */ (the('txid'));
		if (value.trim()) location.hash = `#/find/${encodeURIComponent(value.trim())}`;
	});
	document.querySelector('.skip')?.addEventListener('click', (event) => {
		event.preventDefault();
		the('view').focus();
	});
	window.addEventListener('resize', draw);
	setInterval(() => {
		if (system.troubles.size > 0 || view.ticks?.()) draw();
	}, 1_000);
	the('dialog').addEventListener('close', () => (say(''), void refresh()));
}

listen();
show();
start();
