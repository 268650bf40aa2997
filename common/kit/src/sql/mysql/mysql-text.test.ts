import { literal, Packet } from './mysql-text';

test('what is no value of a column is refused', () => {
  for (const value of [undefined, NaN, Infinity, {}, [], true, Symbol('s'), new Date(0), { toSqlString: () => '1' }])
    expect(() => literal(value as never)).toThrow(expect.objectContaining({ kind: 'refused' }));
});

test('a packet takes as many rows and statements as fit into it, in their order', () => {
  const packet = new Packet(10_000 + 3 * 20);
  expect(packet.statements('in ', ['(1)', '(2)', '(3)', '(4)', '(5)'], '!')).toEqual([
    'in (1),(2),(3),(4)!',
    'in (5)!',
  ]);
  expect(packet.statements('in ', [])).toEqual([]);
  expect(packet.trips(['begin', 'insert', 'insert', 'commit'])).toEqual([['begin', 'insert', 'insert'], ['commit']]);
});

test('a row that is larger than usual goes alone, and one that is too large is refused', () => {
  const packet = new Packet(10_000 + 3 * 20);
  expect(packet.statements('in ', ['(1)', 'x'.repeat(60), '(2)'])).toHaveLength(3);
  expect(() => packet.statements('in ', ['x'.repeat(61)])).toThrow(/max_allowed_packet/);
  expect(() => packet.statements('in ', ['€'.repeat(21)])).toThrow(/max_allowed_packet/);
});
