/** @import { Child, HtmlOf, Props, SvgOf } from './page.js' */

const svgSpace = 'http://www.w3.org/2000/svg';
const handlers = /** @type {const} */ (['onclick', 'onchange', 'onsubmit', 'onkeydown', 'oninput']);

/**
 * An HTML element: `h('p.faint', { id: 'it' }, 'text')`. Text stays text: nothing that a server says becomes markup.
 * @template {string} Tag
 * @param {Tag} tag with its classes
 * @param {...(Props | Child)} parts attributes first, if there are any; a function is a handler
 * @returns {HtmlOf<Tag>}
 */
export const h = (tag, ...parts) => filled((name) => document.createElement(name), tag, parts);

/** An SVG element. @template {string} Tag @param {Tag} tag @param {...(Props | Child)} parts @returns {SvgOf<Tag>} */
export const s = (tag, ...parts) => filled((name) => document.createElementNS(svgSpace, name), tag, parts);

/** @param {(name: string) => any} make @param {string} tag @param {readonly unknown[]} parts */
function filled(make, tag, parts) {
	const [name = '', ...classes] = tag.split('.');
	const element = make(name);
	if (classes.length > 0) element.setAttribute('class', classes.join(' '));
	const [first, ...rest] = parts;
	const hasProps = typeof first === 'object' && first !== null && !(first instanceof Node) && !Array.isArray(first);
	for (const [key, value] of Object.entries(hasProps ? first : {})) {
		if (typeof value === 'function') element[key] = value;
		else if (value !== undefined && value !== null && value !== false)
			element.setAttribute(key, value === true ? '' : String(value));
	}
	add(element, hasProps ? rest : parts);
	return element;
}

/** @param {Element} element @param {readonly unknown[]} children */
function add(element, children) {
	for (const child of children) {
		if (Array.isArray(child)) add(element, child);
		else if (child instanceof Node) element.append(child);
		else if (typeof child === 'string' || typeof child === 'number') element.append(String(child));
	}
}

/**
 * Makes the children of `parent` like these, and leaves alone what is like that already: the focus, a selection and what
 * moves stay. Children with an id are known by it.
 * @param {Element} parent
 * @param {readonly Node[]} wanted
 */
export function become(parent, wanted) {
	const ids = new Set(wanted.map(idOf).filter(Boolean));
	for (const child of [...parent.children]) if (child.id && !ids.has(child.id)) child.remove();
	wanted.forEach((child, index) => {
		const id = idOf(child);
		const same = id && [...parent.children].find((each) => each.id === id);
		const there = parent.childNodes[index];
		if (same && same !== there) parent.insertBefore(same, there ?? null);
		const at = parent.childNodes[index];
		if (at) liken(at, child);
		else parent.append(child);
	});
	while (parent.childNodes.length > wanted.length) parent.lastChild?.remove();
}

/** @param {Node} node */
const idOf = (node) => (node instanceof Element ? node.id : '');

/** @param {ChildNode} old @param {Node} wanted */
function liken(old, wanted) {
	if (old.nodeName !== wanted.nodeName || idOf(old) !== idOf(wanted)) old.replaceWith(wanted);
	else if (old instanceof Element && wanted instanceof Element) {
		if (old.hasAttribute('data-kept')) return;
		for (const { name, value } of wanted.attributes)
			if (old.getAttribute(name) !== value) old.setAttribute(name, value);
		for (const { name } of [...old.attributes])
			if (!wanted.hasAttribute(name) && name !== 'open') old.removeAttribute(name);
		for (const name of handlers) if (name in old) Object.assign(old, { [name]: Reflect.get(wanted, name) });
		if (old instanceof HTMLInputElement && wanted instanceof HTMLInputElement) old.checked = wanted.checked;
		become(old, [...wanted.childNodes]);
	} else if (old.nodeValue !== wanted.nodeValue) old.nodeValue = wanted.nodeValue;
}

/**
 * An element of the page that is always there.
 * @param {string} id
 */
export function the(id) {
	const found = document.getElementById(id);
	if (!found) throw new Error(`the page has no ${id}`);
	return found;
}

/** How wide what is in a card may be, in pixels. */
export const room = () => Math.max(280, the('body').clientWidth - (innerWidth <= 900 ? 30 : 42));

/** Tells a screen reader. @param {string} text */
export const say = (text) => void (the('said').textContent = text);

const canvas = document.createElement('canvas').getContext('2d');

/** How wide a text is drawn, in pixels. @param {string} text @param {number} size @param {number} weight */
export function textWidth(text, size, weight = 400) {
	if (!canvas) return text.length * size * 0.6;
	canvas.font = `${weight} ${size}px ${getComputedStyle(document.body).fontFamily}`;
	return canvas.measureText(text).width;
}

/** Offers text as a file. @param {string} name @param {string} type @param {string} text */
export function download(name, type, text) {
	const url = URL.createObjectURL(new Blob([text], { type }));
	h('a', { href: url, download: name }).click();
	setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** @param {string} name @param {Child} value */
export const figure = (name, value) => h('div', h('dt', name), h('dd', value));

/** @param {string} kind @param {...Child} text */
export const pill = (kind, ...text) => h('span', { class: `pill ${kind}` }, ...text);

/** @param {string} kind @param {...Child} text */
export const callout = (kind, ...text) => h('p', { class: `callout ${kind}` }, ...text);

/** @param {...Child} text */
export const faint = (...text) => h('span.faint', ...text);

/** A value as JSON, as long as it is. @param {unknown} value */
export const json = (value) => h('pre', { tabindex: 0 }, JSON.stringify(value, null, 2));

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
			h('thead', h('tr', ...heads.map((head) => h('th', { scope: 'col' }, head)))),
			h(
				'tbody',
				...rows.map(({ cells, ...props }) =>
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
 * Links to other pages of a list.
 * @param {string} label
 * @param {readonly (readonly [href: string, text: string] | false)[]} links
 */
export const pages = (label, links) =>
	h(
		'nav.pages',
		{ 'aria-label': label },
		links.map((each) => each && h('a', { href: each[0] }, each[1])),
	);
