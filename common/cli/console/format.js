/** @param {number | null} ms */
export function duration(ms) {
	if (ms === null) return '–';
	if (ms < 1_000) return `${Math.round(ms)} ms`;
	if (ms < 120_000) return `${trimmed(ms / 1_000, ms < 10_000 ? 1 : 0)} s`;
	if (ms < 7_200_000) return `${Math.round(ms / 60_000)} min`;
	if (ms < 172_800_000) return `${Math.round(ms / 3_600_000)} h`;
	return `${Math.round(ms / 86_400_000)} days`;
}

/** @param {number} value @param {number} digits */
const trimmed = (value, digits) => String(Number(value.toFixed(digits)));

/** How long ago. @param {string} at */
export const ago = (at) => duration(Math.max(0, now() - Date.parse(at)));

/** How long until then, `0 s` if that has passed. @param {string} at */
export const left = (at) => duration(Math.ceil(Math.max(0, Date.parse(at) - now()) / 1_000) * 1_000);

/** Time of day with milliseconds. @param {string} at */
export const clock = (at) =>
	new Date(at).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' }) +
	`.${at.slice(20, 23).padEnd(3, '0')}`;

/** @param {string} at */
export const dayAndTime = (at) => `${new Date(at).toLocaleDateString('en-CA')} ${clock(at).slice(0, 8)}`;

/** @param {number} count @param {string} noun @param {string} [plural] */
export const counted = (count, noun, plural = `${noun}s`) =>
	`${count.toLocaleString('en')} ${count === 1 ? noun : plural}`;

let offsetMs = 0;

/** The services' clock, as far as it is known. */
export const now = () => Date.now() + offsetMs;

/** What the services say the time is. @param {string} at */
export const learnTime = (at) => void (offsetMs = Date.parse(at) - Date.now());
