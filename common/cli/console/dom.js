/** @typedef {Node | string | number | null | undefined | false | readonly unknown[]} Child a list holds children */
/** @typedef {Record<string, string | number | boolean | null | undefined | ((event: any) => unknown)>} Props */

const svgSpace = 'http://www.w3.org/2000/svg';
const handlers = /** @type {const} */ (['onclick', 'onchange', 'onsubmit', 'onkeydown', 'oninput']);

/**
 * An HTML element. Whatever is told is put in as text, so nothing that a server says becomes markup.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Props} [props] attributes; a function is a handler
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function h(tag, props = {}, ...children) {
  return filled(document.createElement(tag), props, children);
}

/**
 * An SVG element.
 * @template {keyof SVGElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Props} [props]
 * @param {...Child} children
 * @returns {SVGElementTagNameMap[Tag]}
 */
export function s(tag, props = {}, ...children) {
  return filled(document.createElementNS(svgSpace, tag), props, children);
}

/**
 * @template {Element} E
 * @param {E} element
 * @param {Props} props
 * @param {readonly Child[]} children
 */
function filled(element, props, children) {
  for (const [name, value] of Object.entries(props)) {
    if (typeof value === 'function') Object.assign(element, { [name]: value });
    else if (value !== undefined && value !== null && value !== false)
      element.setAttribute(name, value === true ? '' : String(value));
  }
  add(element, children);
  return element;
}

/** @param {Element} element @param {readonly Child[]} children */
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
