import { aTrip, tripBooking, type Trip } from '../test/trip';
import { UNDONE } from './contract';
import {
  advance,
  pendingCommand,
  begin,
  type StepOutcome,
  type PendingCommand,
  type SagaProgress,
} from './saga-runner';

type TripProgress = SagaProgress<Trip>;
const start = begin(tripBooking, aTrip);
const steps = tripBooking.steps.map(({ do: { name } }) => name);
const replies: Readonly<Record<string, object>> = { FlightBooked: { flightId: 'f1', price: 100 } };

const ask = (now: TripProgress): PendingCommand => pendingCommand(tripBooking, 't1', now)!;
const give = (now: TripProgress, answer: StepOutcome): TripProgress => advance(tripBooking, 't1', now, answer);
const answers = {
  reply: ({ id, command: { reply } }) => ({ causationId: id, type: reply.name, message: replies[reply.name] ?? {} }),
  refusal: ({ id }) => ({ causationId: id, code: 'NO', errorMessage: 'not today' }),
  undone: ({ id }) => ({ causationId: id, code: UNDONE, errorMessage: 'its undo came first' }),
  timeout: ({ id }) => ({ causationId: id, timedOutAfterMs: 60_000 }),
} satisfies Record<string, (asked: PendingCommand) => StepOutcome>;
const reply = (now: TripProgress) => give(now, answers.reply(ask(now)));
const refuse = (now: TripProgress) => give(now, answers.refusal(ask(now)));
const timeout = (now: TripProgress) => give(now, answers.timeout(ask(now)));

/** Everything up to `step` is done, and `step` is asked for. */
const at = (step: string) => steps.slice(0, steps.indexOf(step)).reduce(reply, start);

/** The commands that are asked for from here on, if everything goes well. */
function rest(from: TripProgress): string[] {
  const names: string[] = [];
  for (let now = from; pendingCommand(tripBooking, 't1', now); now = reply(now)) names.push(ask(now).command.name);
  return names;
}

test('steps are done one after the other, and then the saga is approved', () => {
  expect(rest(start)).toEqual(['CheckTraveller', 'BookFlight', 'BookRoom', 'PayTrip', 'SendTickets']);
  const end = reply(at('SendTickets'));
  expect(end).toEqual({ status: 'completed', state: { ...aTrip, flightId: 'f1', price: 100 } });
  expect(pendingCommand(tripBooking, 't1', end)).toBeUndefined();
});

test('a reply adds to the state what its fold makes of it and of the state before', () => {
  const asked = { ...at('BookFlight'), state: { ...aTrip, price: 11 } };
  expect(reply(asked).state).toEqual({ ...aTrip, flightId: 'f1', price: 111 });
  expect(asked.state).toEqual({ ...aTrip, price: 11 });
});

test('every field is folded from the state before the reply, whatever the order of the fields', () => {
  const fold = { flightId: () => 'new', traveller: (_: unknown, { flightId }: Trip) => `${flightId}` };
  const steps = tripBooking.steps.map((step) => ({ ...step, fold }));
  const now = begin({ ...tripBooking, steps }, { ...aTrip, flightId: 'old' });
  const next = advance({ ...tripBooking, steps }, 't1', now, answers.reply(ask(now)));
  expect(next.state).toMatchObject({ flightId: 'new', traveller: 'old' });
});

test('a command takes its fields from the state', () => {
  expect(ask(at('PayTrip')).message().payload).toEqual({ tripId: 't1', price: 100 });
});

test('ids are made of the names of saga, instance and command, so that asking again is the same message', () => {
  expect(ask(at('BookRoom')).id).toBe('TRIP_BOOKING/t1/BookRoom');
  expect(pendingCommand(tripBooking, 't2', at('BookRoom'))?.id).toBe('TRIP_BOOKING/t2/BookRoom');
  expect(ask(timeout(at('BookRoom'))).id).toBe('TRIP_BOOKING/t1/BookRoom/undo');
  expect(steps.map((step) => ask(at(step)).kind)).toEqual([
    'compensatable',
    'compensatable',
    'compensatable',
    'pivot',
    'retriable',
  ]);
  expect(ask(timeout(at('BookRoom'))).kind).toBe('undo');
});

test.each([
  ['CheckTraveller', []],
  ['BookFlight', []],
  ['BookRoom', ['CancelFlight']],
  ['PayTrip', ['CancelRoom', 'CancelFlight']],
])('where %s is refused, what was done before it is undone: %j', (step, undos) => {
  const refused = refuse(at(step));
  expect(rest(refused)).toEqual(undos);
  const end = undos.reduce(reply, refused);
  expect(end).toMatchObject({ status: 'rejected', refusal: { step, code: 'NO', errorMessage: 'not today' } });
});

test.each([
  ['CheckTraveller', []],
  ['BookFlight', ['CancelFlight']],
  ['BookRoom', ['CancelRoom', 'CancelFlight']],
])('where %s is not answered, it is undone too: %j', (step, undos) => {
  const timedOut = timeout(at(step));
  expect(rest(timedOut)).toEqual(undos);
  const errorMessage = `${step} was not answered within 60000 ms`;
  const refusal = { step, code: 'DEADLINE_EXCEEDED', errorMessage };
  expect(undos.reduce(reply, timedOut)).toMatchObject({ status: 'rejected', refusal });
});

test('an undo is made from what is known: nothing of a step that was not answered', () => {
  expect(ask(timeout(at('BookFlight'))).message().payload).toEqual({ tripId: 't1', flightId: null });
  expect(ask(refuse(at('BookRoom'))).message().payload).toEqual({ tripId: 't1', flightId: 'f1' });
});

test('a refusal with a code of tomorrow is a refusal', () => {
  const { id } = ask(start);
  const refused = give(start, { causationId: id, code: 'OVERBOOKED_ON_MARS', errorMessage: '' });
  expect(refused).toMatchObject({ status: 'rejected', refusal: { code: 'OVERBOOKED_ON_MARS' } });
});

const undoing = refuse(at('PayTrip'));
const places: Readonly<Record<string, TripProgress>> = {
  ...Object.fromEntries(steps.map((step) => [step, at(step)])),
  CancelRoom: undoing,
};

test.each([
  ['the timeout of a pivot', 'PayTrip', 'timeout'],
  ['the timeout of a retriable step', 'SendTickets', 'timeout'],
  ['the refusal of a retriable step', 'SendTickets', 'refusal'],
  ['the timeout of an undo', 'CancelRoom', 'timeout'],
  ['the refusal of an undo', 'CancelRoom', 'refusal'],
  ['a do that came after its undo', 'BookFlight', 'undone'],
  ['a pivot that came after its undo', 'PayTrip', 'undone'],
] as const)('%s changes nothing', (_, place, kind) => {
  const now = places[place]!;
  expect(give(now, answers[kind](ask(now)))).toBe(now);
});

test.each(Object.keys(places))('at %s, an answer to anything else changes nothing', (place) => {
  const now = places[place]!;
  const ids = ['CheckTraveller', 'BookFlight', 'BookRoom', 'PayTrip', 'SendTickets', 'CancelRoom']
    .flatMap((name) => [`TRIP_BOOKING/t1/${name}`, `TRIP_BOOKING/t1/${name}/undo`])
    .concat(`TRIP_BOOKING/t2/${place}`, `OTHER/t1/${place}`, '', ask(now).id.toLowerCase(), `${ask(now).id}/answer`)
    .filter((id) => id !== ask(now).id);
  for (const id of ids)
    for (const answer of Object.values(answers)) expect(give(now, { ...answer(ask(now)), causationId: id })).toBe(now);
});

test.each(Object.keys(places))('at %s, an answer of another type changes nothing', (place) => {
  const now = places[place]!;
  expect(give(now, { ...answers.reply(ask(now)), type: 'FlightDelayed' })).toBe(now);
});

test('an answer that comes twice counts once', () => {
  for (const place of steps) {
    const answer = answers.reply(ask(places[place]!));
    const next = give(places[place]!, answer);
    expect(give(next, answer)).toBe(next);
  }
});

test('the reply to a step that was given up comes too late, and so does its timeout after its reply', () => {
  const given = timeout(at('BookFlight'));
  expect(give(given, answers.reply(ask(at('BookFlight'))))).toBe(given);
  const done = reply(at('BookFlight'));
  expect(give(done, answers.timeout(ask(at('BookFlight'))))).toBe(done);
});

test('after the end, nothing changes any more', () => {
  const [completed, rejected] = [reply(at('SendTickets')), refuse(start)];
  for (const end of [completed, rejected])
    for (const place of Object.values(places))
      for (const answer of Object.values(answers)) expect(give(end, answer(ask(place)))).toBe(end);
});

test('a compensatable step is waited for until its deadline', () => {
  expect([1, 2, 20].map((attempts) => ask(at('BookFlight')).waitMs(attempts))).toEqual([60_000, 60_000, 60_000]);
  expect(ask(at('BookRoom')).waitMs(1)).toBe(90_000);
});

test('everything else is asked again, later and later, until an operator is needed', () => {
  const wait = (now: TripProgress) => Array.from({ length: 21 }, (_, index) => ask(now).waitMs(index + 1));
  const capped = (count: number) => Array<number>(count).fill(300_000);
  const pivot = [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 64_000, 128_000, 256_000, ...capped(10)];
  expect(wait(at('PayTrip'))).toEqual([...pivot, undefined, undefined]);
  const slower = [5_000, 10_000, 20_000, 40_000, 80_000, 160_000, ...capped(13), undefined, undefined];
  expect(wait(at('SendTickets'))).toEqual(slower);
  expect(wait(undoing)).toEqual(slower);
});

test('an instance that stands where this saga has no step, or nothing to undo, says so', () => {
  const lost: TripProgress = { status: 'running', step: 'BookCar', state: aTrip };
  expect(() => ask(lost)).toThrow('saga TRIP_BOOKING has no step BookCar: an open instance of another definition?');
  const refusal = { step: 'PayTrip', code: 'NO', errorMessage: '' };
  const odd: TripProgress = { status: 'compensating', step: 'CheckTraveller', state: aTrip, refusal };
  expect(() => ask(odd)).toThrow('saga TRIP_BOOKING: CheckTraveller has nothing to undo');
});
