/** @import { Place, View } from './page.js' */
import { admin, ask, Refusal } from './api.js';
import { h } from './dom.js';
import { allSagas, system } from './system.js';

/** Where an instance is shown. @param {string} service @param {string} saga @param {string} txId */
export const placeOfSaga = (service, saga, txId) =>
	`#/sagas/${[service, saga, txId].map(encodeURIComponent).join('/')}`;

/** Where the story of a process is asked for. @param {string} txId */
export const storyPath = (txId) => system.demo.story.replace(':txId', encodeURIComponent(txId));

/** The saga with this txId, of whatever service. @param {string} txId */
export async function findSaga(txId) {
	for (const { service, saga } of allSagas()) {
		const details = await ask(admin(service, 'sagas', saga.name, txId)).catch(ifUnknown);
		if (details) return { service, details };
	}
	return undefined;
}

/** @param {unknown} error */
function ifUnknown(error) {
	if (error instanceof Refusal && [400, 404].includes(error.status)) return undefined;
	throw error;
}

/** Goes to where this txId is known. @param {Place} place @returns {View} */
export function findView({ parts: [, txId = ''] }) {
	let looked = false;
	let left = false;
	return {
		title: 'Find',
		everyMs: 1_000,
		stop: () => void (left = true),
		draw: () => [
			h('p', { role: 'status' }, looked ? `Nobody here knows ${txId}.` : `Looking for ${txId} in every service.`),
		],
		async refresh() {
			if (looked || system.overviews.size < system.services.length || system.services.length === 0) return;
			const found = await findSaga(txId);
			const hash = found
				? placeOfSaga(found.service, found.details.saga, txId)
				: (await ask(storyPath(txId)).catch(ifUnknown))
					? `#/stories/${encodeURIComponent(txId)}`
					: undefined;
			if (left) return; // whoever searched has gone elsewhere meanwhile
			if (hash) location.replace(hash);
			else looked = true;
		},
	};
}
