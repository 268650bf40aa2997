/** @import { Child, Props } from './types.js' */
import { h } from './dom.js';

/** @param {string} name @param {Child} value */
export const figure = (name, value) => h('div', h('dt', name), h('dd', value));

/** @param {string} kind @param {...Child} text */
export const pill = (kind, ...text) => h('span', { class: `pill ${kind}` }, ...text);

/** @param {string} kind @param {...Child} text */
export const callout = (kind, ...text) => h('p', { class: `callout ${kind}` }, ...text);

/** @param {...Child} text */
export const faint = (...text) => h('span.faint', ...text);

/** Until there is an answer. */
export const asking = () => h('p.faint', 'The services are being asked.');

/** @param {string} text @param {() => unknown} onclick @param {Props} [props] */
export const button = (text, onclick, props) => h('button', { type: 'button', onclick, ...props }, text);

/**
 * @param {string} label
 * @param {readonly string[]} heads
 * @param {readonly { id?: string, title?: string, cells: readonly Child[] }[]} rows a cell that is a number is one
 */
export const table = (label, heads, rows) =>
	h(
		'div.scrolls',
		{ tabindex: 0, role: 'region', 'aria-label': label },
		h(
			'table',
			h(
				'thead',
				h(
					'tr',
					heads.map((head) => h('th', { scope: 'col' }, head)),
				),
			),
			h(
				'tbody',
				rows.map(({ cells, ...props }) =>
					h(
						'tr',
						props,
						cells.map((cell) => h('td', cell)),
					),
				),
			),
		),
	);

/**
 * How a service orders what it lists: page by page.
 * @param {string} label
 * @param {readonly (readonly [href: string, text: string] | false)[]} links
 */
export const pages = (label, links) =>
	h(
		'nav.pages',
		{ 'aria-label': label },
		links.map((each) => each && h('a', { href: each[0] }, each[1])),
	);
