import { BookFlight, BookRoom, CancelFlight, CancelRoom, PayTrip, SendTickets, Trip, tripBooking } from '../test/trip';
import { command } from './contract';
import { defaultRetryAfterMs, defaultDeadlineMs, saga } from './saga';

const flight = { do: BookFlight, undo: CancelFlight } as const;
const named = { name: 'TRIP', state: Trip } as const;
const slow = command({
  type: 'record',
  name: 'Slow',
  namespace: 'x',
  topic: 't',
  fields: [{ name: 'tripId', type: 'string' }],
  reply: CancelRoom.reply,
  refusals: [],
  budgetMs: 60_000,
});

test('a saga is its steps in order: compensatable ones, the pivot, retriable ones', () => {
  expect(
    tripBooking.steps.map(({ kind, do: { name }, undo }) => [kind, name, undo === 'nothing' ? undo : undo.name]),
  ).toEqual([
    ['compensatable', 'CheckTraveller', 'nothing'],
    ['compensatable', 'BookFlight', 'CancelFlight'],
    ['compensatable', 'BookRoom', 'CancelRoom'],
    ['pivot', 'PayTrip', 'nothing'],
    ['retriable', 'SendTickets', 'nothing'],
  ]);
});

test('a step has the deadline and the pause that it names, else those of the kit', () => {
  expect(tripBooking.steps.map(({ deadlineMs }) => deadlineMs)).toEqual([60_000, 60_000, 90_000, 60_000, 60_000]);
  expect(tripBooking.steps.map(({ retryAfterMs }) => retryAfterMs)).toEqual([5_000, 5_000, 5_000, 1_000, 5_000]);
  expect([defaultDeadlineMs, defaultRetryAfterMs]).toEqual([60_000, 5_000]);
});

test('neither a pivot nor a retriable step is needed, nor a compensatable one', () => {
  expect(saga({ ...named, compensatable: [flight] }).steps).toHaveLength(1);
  expect(saga({ ...named, compensatable: [], pivot: { do: PayTrip } }).steps).toHaveLength(1);
  expect(saga({ ...named, compensatable: [], retriable: [{ do: SendTickets }] }).steps).toHaveLength(1);
});

test('a saga without a step is refused', () => {
  expect(() => saga({ ...named, compensatable: [] })).toThrow('saga TRIP: it has no step');
});

test.each(['', 'trip', 'TRIP-BOOKING', 'TRIP/1', '1TRIP', 'T'.repeat(61)])(
  'the name "%s" of a saga is refused, since ids begin with it',
  (name) => expect(() => saga({ ...named, name, compensatable: [flight] })).toThrow(`saga "${name}": a name is`),
);

test('a name of sixty capitals, digits and underscores is taken', () => {
  const name = `T_2${'P'.repeat(57)}`;
  expect(saga({ ...named, name, compensatable: [flight] }).name).toBe(name);
});

test('a command that is named twice is refused, wherever that is', () => {
  const again = 'saga TRIP: BookFlight is named twice';
  const fed = BookFlight.with((trip: Trip) => trip);
  expect(() => saga({ ...named, compensatable: [flight, { do: BookRoom, undo: CancelRoom }, flight] })).toThrow(again);
  expect(() => saga({ ...named, compensatable: [flight, { do: fed, undo: 'nothing' }] })).toThrow(again);
  expect(() => saga({ ...named, compensatable: [flight], pivot: { do: BookFlight } })).toThrow(again);
});

test('two steps may be undone by the same command', () => {
  const steps = [flight, { do: BookRoom, undo: CancelFlight }] as const;
  expect(saga({ ...named, compensatable: steps }).steps).toHaveLength(2);
});

test.each([60_000, 59_999, 0, NaN])(
  'a deadline of %d ms is refused where the participant tries for 60,000',
  (deadlineMs) => {
    expect(() => saga({ ...named, compensatable: [{ do: slow, undo: 'nothing', deadlineMs }] })).toThrow(
      `saga TRIP: Slow has a deadline of ${deadlineMs} ms, but its participant tries for 60000 ms: allow more`,
    );
  },
);

test('a deadline that outlasts the participant is taken, and after the pivot nobody asks for one', () => {
  expect(
    saga({ ...named, compensatable: [{ do: slow, undo: 'nothing', deadlineMs: 60_001 }] }).steps[0]?.deadlineMs,
  ).toBe(60_001);
  expect(saga({ ...named, compensatable: [], retriable: [{ do: slow }] }).steps).toHaveLength(1);
  expect(() => saga({ ...named, compensatable: [{ do: slow, undo: 'nothing' }] })).toThrow('deadline of 60000 ms');
});

test.each([0, -1, NaN])('a pause of %d ms before asking again is refused', (retryAfterMs) => {
  expect(() => saga({ ...named, compensatable: [], pivot: { do: PayTrip, retryAfterMs } })).toThrow(
    `saga TRIP: PayTrip cannot be retried after ${retryAfterMs} ms`,
  );
});
