import fc from 'fast-check';
import { Offsets, type OffsetTicket } from './offsets';

const record = (offset: number, partition = 0) =>
  ({ topic: 'topic', partition, offset: BigInt(offset), key: null, value: null, headers: [] }) as const;
const at = (offset: number, partition = 0) => ({ topic: 'topic', partition, offset: BigInt(offset) });

test('a partition is done up to its first record that is not, in whatever order they end', () => {
  const count = fc.integer({ min: 1, max: 1_200 });
  fc.assert(
    fc.property(
      count.chain((length) =>
        fc.shuffledSubarray(
          Array.from({ length }, (_, index) => index),
          { minLength: length },
        ),
      ),
      (order) => {
        const offsets = new Offsets();
        const tickets = order.map((_, offset): OffsetTicket => offsets.take(record(offset)));
        for (const offset of order) {
          const ticket = tickets[offset]!;
          ticket.of.finish(ticket);
        }
        expect(tickets[0]!.of.window).toBe(0);
        expect(offsets.uncommitted()).toEqual([at(order.length)]);
      },
    ),
    { numRuns: 20 },
  );
});

test('a record that is not done holds back its own partition only', () => {
  const offsets = new Offsets();
  const [first, second, other] = [record(7), record(9), record(3, 1)].map((each) => offsets.take(each)) as [
    OffsetTicket,
    OffsetTicket,
    OffsetTicket,
  ];
  for (const ticket of [second, other]) ticket.of.finish(ticket);
  expect(offsets.uncommitted()).toEqual([at(4, 1)]);
  expect(first.of.window).toBe(2);
  first.of.finish(first);
  expect(offsets.uncommitted()).toEqual([at(10), at(4, 1)]);
});

test('what is committed is not asked for again, until it moves', () => {
  const offsets = new Offsets();
  const [first, second] = [record(0), record(1)].map((each) => offsets.take(each)) as [OffsetTicket, OffsetTicket];
  first.of.finish(first);
  offsets.committed(offsets.uncommitted());
  expect(offsets.uncommitted()).toEqual([]);
  second.of.finish(second);
  expect(offsets.uncommitted()).toEqual([at(2)]);
});
