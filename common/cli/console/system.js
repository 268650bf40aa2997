/** @import { Consumer, Demo, Overview } from './types.js' */
import { admin, ask, follow, keepToken, Refusal } from './api.js';
import { learnTime } from './format.js';

/** A browser has six connections to a service, in all of its windows; others are asked again and again. */
const streamsMax = 2;
const pollMs = 2_000;
const againMsMax = 15_000;
const soonMs = 500;

/** @typedef {{ detail: string, until: number }} Trouble who does not answer, and when it is asked again */

/** What is known of the services, and whether they can be reached. */
export const system = {
	/** @type {readonly string[]} */
	services: [],
	/** @type {Map<string, Overview>} */
	overviews: new Map(),
	/** @type {Map<string, Consumer>} */
	consumers: new Map(),
	/** @type {Demo} */
	demo: { story: '/stories/:txId', demo: null },
	/** @type {Map<string, Trouble>} by the name of the service; `''` is all of them */
	troubles: new Map(),
	/** A token is needed, or the one that was given is wrong. */
	locked: false,
};

/** Each saga of each service. */
export const allSagas = () =>
	[...system.overviews.values()].flatMap(({ service, sagas }) => sagas.map((saga) => ({ service, saga })));

/** @param {string | undefined} service @param {string | undefined} name */
export const sagaOf = (service, name) => system.overviews.get(service ?? '')?.sagas.find((each) => each.name === name);

/** @type {Set<() => void>} */
const listeners = new Set();
let told = false;

/** @param {() => void} listener is called when something has changed, once for all that changes together */
export const onChange = (listener) => void listeners.add(listener);

/** Says that something has changed. */
export function changed() {
	if (told) return;
	told = true;
	queueMicrotask(() => {
		told = false;
		for (const listener of listeners) listener();
	});
}

let running = new AbortController();
let streams = 0;

/** Begins to watch the services, or begins anew. */
export function start() {
	stop();
	running = new AbortController();
	void untilStopped('', discover, running.signal);
}

/** Lets go of every connection. */
export function stop() {
	running.abort();
}

/** @param {string} token */
export function unlock(token) {
	keepToken(token);
	system.locked = false;
	start();
}

/** @param {unknown} error whoever has asked tells; when it is a token that lacks, the page asks for it */
export function noteLack(error) {
	if (!(error instanceof Refusal) || error.status !== 401) return;
	system.locked = true;
	stop();
	changed();
}

/** @param {AbortSignal} signal */
async function discover(signal) {
	const { services } = await ask('/health/ready');
	system.services = Object.keys(services);
	system.demo = await ask('/console/demo').catch(() => system.demo);
	for (const service of system.services) void untilStopped(service, () => watch(service, signal), signal);
	system.troubles.delete('');
	changed();
	await new Promise((resolve) => signal.addEventListener('abort', resolve));
}

/** @param {string} service @param {AbortSignal} signal */
async function watch(service, signal) {
	const first = await ask(admin(service, 'overview'));
	learn(first);
	if (first.sagas.length === 0 || streams >= streamsMax) return pause(pollMs, signal);
	streams++;
	try {
		await follow(admin(service, 'live'), signal, learn);
		await pause(soonMs, signal); // it was ended properly, and may be again
	} finally {
		streams--;
	}
}

/** @param {Overview} overview */
function learn(overview) {
	learnTime(overview.at);
	system.overviews.set(overview.service, overview);
	system.troubles.delete(overview.service);
	changed();
}

/**
 * Does it again and again; after a failure it waits, longer each time.
 * @param {string} who
 * @param {(signal: AbortSignal) => Promise<unknown>} act
 * @param {AbortSignal} signal
 */
async function untilStopped(who, act, signal) {
	for (let failures = 0; !signal.aborted;) {
		try {
			await act(signal);
			failures = 0;
		} catch (error) {
			if (signal.aborted) return;
			noteLack(error);
			const waitMs = Math.min(500 * 2 ** ++failures, againMsMax);
			system.troubles.set(who, { detail: reasonOf(error), until: Date.now() + waitMs });
			changed();
			await pause(waitMs, signal);
		}
	}
}

/** In words, why nothing came of it. @param {unknown} error */
export function reasonOf(error) {
	if (error instanceof Refusal) return error.message;
	if (error instanceof SyntaxError) return `this is no JSON: ${error.message}`;
	return error instanceof Error && error.name === 'TimeoutError' ? 'it has not answered in time' : 'nobody answers';
}

/** @param {number} ms @param {AbortSignal} signal @returns {Promise<void>} */
const pause = (ms, signal) =>
	new Promise((resolve) => {
		const timer = setTimeout(resolve, ms);
		signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true });
	});

/** Asks all services what their consumers do. */
export async function refreshConsumers() {
	const answers = await Promise.all(
		system.services.map((service) => ask(admin(service, 'consumer')).catch(() => undefined)),
	);
	for (const answer of answers) if (answer) system.consumers.set(answer.service, answer);
	changed();
}
