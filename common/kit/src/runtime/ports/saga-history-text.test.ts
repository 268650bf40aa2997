import { aSaga } from '../../conformance/saga-rows';
import { historyIn, lastSentIn, lineOf, withLine, type HistoryLine, type KeptHistory } from './saga-history-text';
import type { HistoryRow } from './saga-tables';

const startedAt = new Date(1_700_000_000_000);
const saga = (values: Partial<KeptHistory> = {}): KeptHistory => aSaga('ORDER', 'tx', { startedAt, ...values });
const since = (ms: number) => new Date(startedAt.getTime() + ms);

const line = (values: Partial<HistoryLine> = {}): HistoryLine => {
  const at = values.at ?? startedAt;
  return {
    ...{ direction: 'sent', topic: 'payments', type: 'Pay', number: 1, messageId: 'ORDER/tx/Pay', causationId: 'call' },
    ...{ code: null, times: 1, at, lastAt: at, ...values },
  };
};
/** As a saga writes it: each line knows of the ones before it what it can know without reading them. */
function written(of: KeptHistory, lines: readonly HistoryLine[]): KeptHistory {
  return lines.reduce((kept, each) => {
    return { ...kept, history: (kept.history ?? '') + lineOf(kept, each, lastSentIn(kept)) };
  }, of);
}
/** Without what no line says. */
const seen = (rows: readonly HistoryRow[]) =>
  rows.map(({ id: _, awaited: __, errorMessage: ___, ...line }): HistoryLine => line);

test('an ordinary step takes two short lines', () => {
  const answer = { direction: 'received', messageId: 'ORDER/tx/Pay/answer', causationId: 'ORDER/tx/Pay' } as const;
  const ship = { type: 'Ship', messageId: 'ORDER/tx/Ship', causationId: 'ORDER/tx/Pay/answer', topic: 'ships' };
  const kept = saga({ history: lineOf(saga(), line(), undefined) });
  const texts = [
    lineOf(kept, line({ ...answer, type: 'Paid', topic: 'paid', number: 2, at: since(40) }), lastSentIn(kept)),
    lineOf(kept, line({ ...ship, number: 3, at: since(40) }), 'ORDER/tx/Pay/answer'),
  ];
  expect([kept.history, ...texts]).toEqual(['>Pay payments 1 0 c=call\n', '<Paid paid 2 14\n', '>Ship ships 3 14\n']);
  expect(historyIn({ ...kept, history: kept.history + texts.join('') })).toMatchObject([
    { id: 'tx/ORDER/sent/Pay', number: 1, messageId: 'ORDER/tx/Pay', causationId: 'call', at: startedAt },
    { id: 'tx/ORDER/received/Pay/answer', number: 2, ...answer, topic: 'paid', at: since(40), lastAt: since(40) },
    { id: 'tx/ORDER/sent/Ship', number: 3, ...ship, at: since(40), times: 1, awaited: true, code: null },
  ]);
});

const texts = [
  ...['', ' ', '\n', 'a b', '%', '%0041', '%%', 'é', '“no”', '😀', '\ud800', '\u2028', '\0', '~', '=', '~Pay', '=call'],
  ...['>', '<', '!', 'i=x', 'x9', 'ORDER/tx', 'ORDER/tx/', 'ORDER/tx/Pay/undo', 'ORDER/txt/Pay', '/answer'],
  ...['/'.repeat(200), 'x'.repeat(200), '\\', "'", '"', '`', ';--'],
];

test.each(texts)('whatever names and ids are comes back as it was: %j', (text) => {
  const lines = (['type', 'topic', 'messageId', 'causationId'] as const).flatMap((field) =>
    (['sent', 'received'] as const).flatMap((direction) => [
      line({ direction, [field]: text }),
      line({ direction, [field]: text, times: 3, lastAt: since(9), code: direction === 'sent' ? null : 'NO' }),
      line({ direction, [field]: text, messageId: `${text}/answer`, causationId: text }),
    ]),
  );
  const kept = written(saga({ code: 'NO' }), lines);
  expect(seen(historyIn(kept))).toEqual(lines);
  expect(kept.history).toMatch(/^[\n -~]*$/);
});

test.each([0, -1, 1, -86_400_000, 31_536_000_000, -startedAt.getTime()])(
  'what was %d ms after the saga began, by whatever clock, was then',
  (ms) => {
    const lines = [
      line({ at: since(ms) }),
      line({ at: since(ms), lastAt: since(-ms), times: 2 ** 40, number: 2 ** 40 }),
    ];
    expect(seen(historyIn(written(saga(), lines)))).toEqual(lines);
  },
);

test('the refusal that a saga has gone on by is that of its row', () => {
  const refused = saga({ code: 'DECLINED', errorMessage: 'the card is\ndeclined — “no”' });
  const kept = written(refused, [line({ direction: 'received', type: 'ErrorEventMessage', code: 'DECLINED' }), line()]);
  expect(historyIn(kept)).toMatchObject([
    { code: 'DECLINED', errorMessage: 'the card is\ndeclined — “no”' },
    { code: null, errorMessage: null },
  ]);
});

test('a line may be written anew, and the others stay as they are', () => {
  const lines = Array.from({ length: 4_000 }, (_, index) =>
    line({
      direction: index % 2 === 0 ? 'sent' : 'received',
      type: `T${index}`,
      messageId: index % 2 === 0 ? `ORDER/tx/T${index}` : `ORDER/tx/T${index - 1}/answer`,
      causationId: index === 0 ? 'call' : index % 2 === 0 ? `ORDER/tx/T${index - 2}/answer` : `ORDER/tx/T${index - 1}`,
      number: index + 1,
      at: since(index),
    }),
  );
  const kept = written(saga(), lines);
  const rows = historyIn(kept);
  expect(seen(rows)).toEqual(lines);
  const counted = { ...rows[1_234]!, times: 2, lastAt: since(99) };
  const again = historyIn({ ...kept, history: withLine(kept, rows, 1_234, counted) });
  expect(again).toEqual(rows.with(1_234, counted));
});

test('of a row without a history there is none', () => {
  expect([
    historyIn(saga()),
    historyIn(saga({ history: '' })),
    lastSentIn(saga()),
    lastSentIn(saga({ history: '' })),
  ]).toEqual([[], [], undefined, undefined]);
});

test('what was received last is not known without reading all of it, and what was sent is', () => {
  const sent = written(saga(), [line({ messageId: 'ORDER/tx/Pay/undo', type: 'Refund' })]);
  expect(lastSentIn(sent)).toBe('ORDER/tx/Pay/undo');
  expect(lastSentIn(written(sent, [line({ direction: 'received' })]))).toBeUndefined();
});
