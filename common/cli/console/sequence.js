/** @import { Line, Marks, Row } from './page.js' */
import { s, textWidth } from './dom.js';
import { duration } from './format.js';
import { nameOf, participantsOf, tookOf } from './story.js';

const [top, rowHeight, noteHeight, stub] = [44, 46, 34, 40];
const gapMs = 2_000;

/**
 * A story as a sequence diagram: participants as columns, each message an arrow, with when it was sent and how long it took.
 * @param {readonly Line[]} lines
 * @param {number} room
 * @param {Marks} marks
 */
export function sequence(lines, room, marks) {
	const participants = participantsOf(lines);
	const spaces = Math.max(1, participants.length - 1);
	const widest = Math.max(...participants.map(nameWidth));
	const [gutter, margin, columnMin] = room < 600 ? [62, 28, 74] : [74, 56, 106];
	const edge = Math.max(margin, widest / 2 + 4);
	const column = Math.max(columnMin, widest + 12, Math.min(330, (room - gutter - 2 * edge) / spaces));
	/** @param {string} name */
	const x = (name) => gutter + edge + Math.max(0, participants.indexOf(name)) * column;
	const { rows, height } = rowsOf(lines, marks.acts);
	const width = gutter + 2 * edge + spaces * column;
	return s(
		'svg.sequence',
		{ width, height, viewBox: `0 0 ${width} ${height}`, role: 'group', 'aria-label': marks.label },
		participants.map((name) => participant(name, x(name), height)),
		rows.map((row) => {
			if ('line' in row) return arrow(row, ends(row.line, x, column), lines[0]?.at ?? 0, { ...marks, gutter, width });
			const { kind, y, text } = row;
			return s('g', { class: kind }, s('path', { d: `M8 ${y}H${width}` }), s('text', { x: 12, y: y - 6 }, text));
		}),
	);
}

/** @param {readonly Line[]} lines @param {Marks['acts']} acts */
function rowsOf(lines, acts) {
	const all = [...lines.map((line) => ({ at: line.at, line })), ...acts].sort((one, other) => one.at - other.at);
	/** @type {Row[]} */
	const rows = [];
	let y = top;
	let last = all[0]?.at ?? 0;
	for (const each of all) {
		const pause = each.at - last;
		if (pause > gapMs) rows.push({ y: (y += noteHeight), kind: 'gap', text: `${duration(pause)} later` });
		if ('line' in each) rows.push({ y: (y += rowHeight), line: each.line });
		else rows.push({ y: (y += noteHeight), kind: 'act', text: each.text });
		last = each.at;
	}
	return { rows, height: y + 32 };
}

/** @param {string} name */
const nameWidth = (name) => textWidth(name, 13, 600) + 16;

/** @param {string} name @param {number} x @param {number} height */
function participant(name, x, height) {
	const w = nameWidth(name);
	return s(
		'g.participant',
		s('path', { d: `M${x} 36V${height}` }),
		s('rect', { x: x - w / 2, y: 4, width: w, height: 32, rx: 8 }),
		s('text', { x, y: 24.5 }, name),
	);
}

/** @param {Line} line @param {(name: string) => number} x @param {number} column @returns {[number, number]} */
function ends({ from, to }, x, column) {
	if (from === '') return [x(to) - column / 2, x(to)];
	if (to === '') return [x(from), x(from) + column / 2];
	return from === to ? [x(from) + stub, x(to)] : [x(from), x(to)];
}

/**
 * @param {{ line: Line, y: number }} row
 * @param {[number, number]} ends
 * @param {number} begin
 * @param {Marks & { gutter: number, width: number }} marks
 */
function arrow({ line, y }, [from, to], begin, { waiting, open, gutter, width }) {
	const { message, isCompensation, isHandled, isAwaited } = line;
	const towards = to < from ? -1 : 1;
	const tip = to - towards * 2;
	const middle = (from + to) / 2;
	const takes = isAwaited ? waiting : tookOf(line);
	const when = `+${duration(line.at - begin)}`;
	const kinds = {
		undo: isCompensation,
		refusal: message.code !== null,
		open: !isHandled,
		awaited: isAwaited,
	};
	const detail = () => open(line);
	return s(
		'g',
		{
			class: `message ${Object.entries(kinds)
				.flatMap(([kind, is]) => (is ? [kind] : []))
				.join(' ')}`,
			role: 'button',
			tabindex: 0,
			'aria-label': `${when} ${nameOf(line)} ${takes}: from ${line.from || 'unknown'} to ${line.to || 'unknown'}`,
			onclick: detail,
			onkeydown: (/** @type {KeyboardEvent} */ event) => {
				if (event.key !== 'Enter' && event.key !== ' ') return;
				event.preventDefault();
				detail();
			},
		},
		s('rect.hit', { x: 2, y: y - 25, width: width - 4, height: rowHeight - 2, rx: 6 }),
		s('text.when', { x: gutter - 10, y: y + 4 }, when),
		' ',
		s('path.line', { d: `M${from} ${y}H${tip - towards * 6}` }),
		isAwaited && s('circle.pulse', { cx: to, cy: y, r: 7 }),
		s('path.tip', { d: `M${tip} ${y}l${-towards * 9} -5v10z` }),
		s('text.name', { x: middle, y: y - 8 }, nameOf(line)),
		' ',
		s('text.takes', { x: middle, y: y + 15 }, takes),
	);
}

const looks = ['fill', 'stroke', 'stroke-width', 'stroke-dasharray', 'paint-order', 'font', 'text-anchor'];

/** The drawing that is to be seen, as a file of its own: with its colours. */
export function asFile() {
	const svg = document.querySelector('svg.sequence');
	if (!svg) throw new Error('no story is to be seen');
	const copy = /** @type {Element} */ (svg.cloneNode(true));
	const copies = copy.querySelectorAll('*');
	svg.querySelectorAll('*').forEach((element, index) => {
		const style = getComputedStyle(element);
		const own = copies[index];
		// Of the file: the page itself has no such attributes.
		if (own instanceof SVGElement) for (const name of looks) own.style.setProperty(name, style.getPropertyValue(name));
	});
	copy.prepend(s('rect', { width: '100%', height: '100%', fill: getComputedStyle(document.body).backgroundColor }));
	return new XMLSerializer().serializeToString(copy);
}

/** The same in lines of text. @param {string} title @param {readonly Line[]} lines */
export function asText(title, lines) {
	const rows = lines.map((line) => [
		`+${duration(line.at - (lines[0]?.at ?? 0))}`,
		`${line.from || '?'} → ${line.to || '?'}`,
		nameOf(line),
		tookOf(line),
	]);
	const widths = [0, 1, 2].map((at) => Math.max(0, ...rows.map((row) => row[at]?.length ?? 0)));
	const text = rows.map((row) => row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join('  '));
	return `${[title, ...text].join('\n')}\n`;
}
