import {
  command,
  orchestrator,
  record,
  saga,
  type CancellationsOf,
  type CodesOf,
  type Command,
  type Saga,
  type Sagas,
  type StateOf,
  type StepsOf,
} from 'saga-kit';
import { compiled, same } from './compiled';
import {
  AirWork,
  aTrip,
  BookFlight,
  BookRoom,
  CancelFlight,
  CancelRoom,
  CheckTraveller,
  FlightBooked,
  FlightCancelled,
  PayTrip,
  RoomBooked,
  SendTickets,
  Trip,
  tripBooking,
} from './trip';

const flight = { do: BookFlight, undo: CancelFlight } as const;
const named = { name: 'S', state: Trip } as const;

test('a saga whose steps are in the wrong place does not compile', () =>
  compiled(() => {
    saga({ ...named, compensatable: [flight], pivot: { do: PayTrip }, retriable: [{ do: SendTickets }] });
    // @ts-expect-error an undo at the pivot
    saga({ ...named, compensatable: [flight], pivot: { do: PayTrip, undo: CancelFlight } });
    // @ts-expect-error an undo after the pivot
    saga({ ...named, compensatable: [flight], retriable: [{ do: SendTickets, undo: CancelFlight }] });
    // @ts-expect-error two pivots
    saga({ ...named, compensatable: [flight], pivot: [{ do: PayTrip }, { do: BookRoom }] });
    // @ts-expect-error a deadline at the pivot, which is never given up
    saga({ ...named, compensatable: [flight], pivot: { do: PayTrip, deadlineMs: 60_000 } });
    // @ts-expect-error a retriable step that can be refused
    saga({ ...named, compensatable: [flight], retriable: [{ do: PayTrip }] });
    // @ts-expect-error a step that does not say how to undo it
    saga({ ...named, compensatable: [{ do: BookFlight }] });
    // @ts-expect-error an event is nothing that can be done
    saga({ ...named, compensatable: [{ do: FlightBooked, undo: 'nothing' }] });
  }));

test('an undo that could fail does not compile', () =>
  compiled(() => {
    const part = { type: 'record', namespace: 'x', topic: 't', fields: [{ name: 'tripId', type: 'string' }] } as const;
    const Undo = command({ ...part, name: 'Undo', reply: FlightCancelled, refusals: [] });
    const Unfed = command({ ...part, name: 'Unfed', reply: RoomBooked, refusals: [] });
    saga({ ...named, compensatable: [{ do: BookFlight, undo: Undo }] });
    // @ts-expect-error its reply cannot be made from the undo itself
    saga({ ...named, compensatable: [{ do: BookFlight, undo: Unfed }] });
    // @ts-expect-error it can be refused
    saga({ ...named, compensatable: [{ do: BookFlight, undo: CheckTraveller }] });
    // @ts-expect-error it is an event
    saga({ ...named, compensatable: [{ do: BookFlight, undo: FlightCancelled }] });
  }));

test('a fold that does not fit the reply or the state does not compile', () =>
  compiled(() => {
    saga({
      ...named,
      compensatable: [{ ...flight, fold: { flightId: ({ flightId }, { tripId }) => `${tripId}/${flightId}` } }],
    });
    // @ts-expect-error a misspelt field of the state
    saga({ ...named, compensatable: [{ ...flight, fold: { flightID: ({ flightId }) => flightId } }] });
    // @ts-expect-error a field of another type
    saga({ ...named, compensatable: [{ ...flight, fold: { price: ({ flightId }) => flightId } }] });
    // @ts-expect-error a field that the reply does not have
    saga({ ...named, compensatable: [{ ...flight, fold: { price: ({ prize }) => prize } }] });
    // @ts-expect-error a field that the state does not have
    saga({ ...named, compensatable: [{ ...flight, fold: { price: (_, { prize }) => prize } }] });
  }));

test('a state that cannot feed a command does not compile', () =>
  compiled(() => {
    const Small = record({ type: 'record', name: 'Small', namespace: 'x', fields: [{ name: 'who', type: 'string' }] });
    const small = { name: 'S', state: Small } as const;
    const Check = CheckTraveller.with(({ who }: { readonly who: string }) => ({ traveller: who }));
    saga({ ...small, compensatable: [{ do: Check, undo: 'nothing' }] });
    // @ts-expect-error it has no traveller
    saga({ ...small, compensatable: [{ do: CheckTraveller, undo: 'nothing' }] });
    // @ts-expect-error it has no tripId for the undo
    saga({ ...small, compensatable: [{ do: Check, undo: CancelRoom }] });
    // @ts-expect-error it has no tripId for the pivot
    saga({ ...small, compensatable: [], pivot: { do: PayTrip } });
    // @ts-expect-error it has no tripId to finish with
    saga({ ...small, compensatable: [], retriable: [{ do: SendTickets }] });
    // @ts-expect-error not what the command is made of
    CheckTraveller.with(({ who }: { readonly who: string }) => ({ who }));
  }));

test('a saga knows its state, its steps and the codes that it can be rejected with, and no others', () =>
  compiled(() => {
    type Code = CodesOf<typeof tripBooking>;
    same<StateOf<typeof tripBooking>, Trip>();
    same<Code, 'BANNED' | 'NO_SEAT' | 'NO_PLANE' | 'FULL' | 'NO_MONEY' | 'DEADLINE_EXCEEDED'>();
    type Steps = 'CheckTraveller' | 'BookFlight' | 'BookRoom' | 'PayTrip' | 'SendTickets';
    same<StepsOf<typeof tripBooking>, Steps>();
    const short = saga({ name: 'SHORT', state: Trip, compensatable: [{ do: CheckTraveller, undo: 'nothing' }] });
    void short;
    same<StepsOf<typeof short>, 'CheckTraveller'>();
    same<CodesOf<typeof short>, 'BANNED' | 'DEADLINE_EXCEEDED'>();
    const all = { BANNED: 1, NO_SEAT: 1, NO_PLANE: 1, FULL: 1, NO_MONEY: 1, DEADLINE_EXCEEDED: 1 };
    const { NO_MONEY: _, ...fewer } = all;
    void (all satisfies Record<Code, number>);
    // @ts-expect-error a code is missing in a mapping
    void (fewer satisfies Record<Code, number>);
    // @ts-expect-error a code in a mapping that no step can be refused with
    void ({ ...all, SOLD_OUT: 1 } satisfies Record<Code, number>);
  }));

test('a saga is cancelled with its own codes, and begins with an event that feeds its state', () =>
  compiled(() => {
    const steps = { ...named, compensatable: [flight] } as const;
    const cancellable = saga({ ...steps, cancellations: ['BORED', 'ILL'] });
    same<CancellationsOf<typeof cancellable>, 'BORED' | 'ILL'>();
    same<CodesOf<typeof cancellable>, 'NO_SEAT' | 'NO_PLANE' | 'BORED' | 'ILL' | 'DEADLINE_EXCEEDED'>();
    const sagas = undefined as unknown as Sagas;
    void sagas.cancel(cancellable, 't', 'ILL');
    // @ts-expect-error a code that it does not declare
    void sagas.cancel(cancellable, 't', 'LATE');
    // @ts-expect-error it declares none
    void sagas.cancel(tripBooking, 't', 'ILL');
    const anything: string = 'BORED';
    // @ts-expect-error any string
    saga({ ...steps, cancellations: [anything] });
    saga({ ...steps, on: { event: FlightBooked, state: ({ flightId }) => ({ ...aTrip, flightId }) } });
    // @ts-expect-error a field that the event does not have
    saga({ ...steps, on: { event: FlightBooked, state: ({ flight }) => ({ ...aTrip, flightId: flight }) } });
    // @ts-expect-error a field that the state lacks
    saga({ ...steps, on: { event: FlightBooked, state: ({ flightId }) => ({ flightId }) } });
  }));

test('a saga of which the types are lost does not compile', () =>
  compiled((any: Command, some: Saga, name: string) => {
    saga({ ...named, name, compensatable: [flight] });
    // @ts-expect-error a step that is any command
    saga({ ...named, compensatable: [{ do: any, undo: 'nothing' }] });
    // @ts-expect-error a pivot that is any command
    saga({ ...named, compensatable: [flight], pivot: { do: any } });
    // @ts-expect-error any saga
    orchestrator(some, AirWork, { completed: async () => {}, rejected: async () => {} });
  }));

test('endings of a saga that do not fit it do not compile', () =>
  compiled(() => {
    const endings = { completed: async () => {}, rejected: async () => {} };
    orchestrator(tripBooking, AirWork, { ...endings, after: { BookFlight: async ({ flightId }) => void flightId } });
    // @ts-expect-error a forgotten ending
    orchestrator(tripBooking, AirWork, { completed: async () => {} });
    // @ts-expect-error after a step that the saga does not have
    orchestrator(tripBooking, AirWork, { ...endings, after: { BookCar: async () => {} } });
    orchestrator(tripBooking, AirWork, {
      ...endings,
      // @ts-expect-error a code that no step can be refused with
      rejected: async (_, { code }) => void (code === 'SOLD_OUT'),
    });
    orchestrator(tripBooking, AirWork, {
      ...endings,
      // @ts-expect-error another saga is begun with half of its state
      completed: async ({ tripId }, { sagas }) => sagas.begin(tripBooking, tripId, { tripId }),
    });
    orchestrator(tripBooking, AirWork, {
      ...endings,
      completed: async ({ tripId }, { sagas }) => sagas.begin(tripBooking, tripId, aTrip),
    });
  }));
