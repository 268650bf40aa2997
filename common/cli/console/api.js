const answersWithinMs = 10_000;
/** A stream sends something every 15 seconds. */
const silentMsMax = 40_000;
const eventCharsMax = 4_000_000;
const tokenKey = 'saga-kit.token';

/** Whoever is asked says no, and why. */
export class Refusal extends Error {
	/** @param {number} status @param {string} detail */
	constructor(status, detail) {
		super(detail);
		this.status = status;
	}
}

/** @param {string} token kept until the window is closed, and sent in no address */
export const keepToken = (token) => sessionStorage.setItem(tokenKey, token);

/**
 * @typedef {object} Request
 * @property {string} [method]
 * @property {unknown} [body]
 * @property {Record<string, string>} [headers]
 * @property {AbortSignal} [signal]
 */

/**
 * Resolves with the answer; rejects with a Refusal, or with another error when nobody answers.
 * @param {string} path
 * @param {Request} [request]
 */
async function send(path, { method = 'GET', body, headers = {}, signal } = {}) {
	const token = path.startsWith('/admin/') ? sessionStorage.getItem(tokenKey) : null;
	const answer = await fetch(path, {
		method,
		headers: {
			...headers,
			...(token !== null && { Authorization: `Bearer ${token}` }),
			...(body !== undefined && { 'Content-Type': 'application/json' }),
		},
		cache: 'no-store',
		signal: signal ?? AbortSignal.timeout(answersWithinMs),
		...(body !== undefined && { body: JSON.stringify(body) }),
	});
	if (answer.ok || (answer.status === 503 && path === '/health/ready')) return answer;
	throw new Refusal(answer.status, await detailOf(answer));
}

/** @param {Response} answer */
async function detailOf(answer) {
	const text = await answer.text();
	try {
		const { detail, errors = [] } = JSON.parse(text);
		return [detail, ...errors.map((/** @type {any} */ each) => `${each.path} ${each.message}`)].join('; ');
	} catch {
		return `it answers ${answer.status}`; // a proxy has its own pages
	}
}

/** @param {string} path @param {Request} [request] @returns {Promise<any>} */
export const ask = async (path, request) => (await send(path, request)).json();

/** @param {string} path @param {Request} [request] the headers of the answer @returns {Promise<Headers>} */
export const headersOf = async (path, request) => (await send(path, request)).headers;

/** The path below `/admin/services/…`. @param {string} service @param {...string} parts */
export const admin = (service, ...parts) => `/admin/services/${[service, ...parts].map(encodeURIComponent).join('/')}`;

/**
 * Each event of a stream, until it ends or falls silent.
 * @param {string} path
 * @param {AbortSignal} signal
 * @param {(data: any) => void} each
 */
export async function follow(path, signal, each) {
	const silence = new AbortController();
	let timer = setTimeout(() => silence.abort(), silentMsMax);
	try {
		const { body } = await send(path, { signal: AbortSignal.any([signal, silence.signal]) });
		if (!body) return;
		const reader = body.pipeThrough(new TextDecoderStream()).getReader();
		for (let rest = ''; ;) {
			const { done, value } = await reader.read();
			if (done) return;
			clearTimeout(timer);
			timer = setTimeout(() => silence.abort(), silentMsMax);
			const events = (rest + value).split('\n\n');
			rest = events.pop() ?? '';
			if (rest.length > eventCharsMax) throw new Error('an event is too long');
			for (const event of events) {
				const data = event.split('\n').flatMap((line) => (line.startsWith('data:') ? [line.slice(5)] : []));
				if (data.length > 0) each(JSON.parse(data.join('\n')));
			}
		}
	} finally {
		clearTimeout(timer);
	}
}
