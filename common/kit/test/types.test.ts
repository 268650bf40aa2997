import {
  command,
  dispatcher,
  event,
  orchestrator,
  record,
  UnitOfWork,
  type PayloadOf,
  type Refusal,
  type ValueOf,
} from 'saga-kit';
import { integer, table, text, type UnitsOfWork } from 'saga-kit/service';
import { stub } from 'saga-kit/testing';
import { compiled, same } from './compiled';
import {
  airContracts,
  AirWork,
  aTrip,
  BookFlight,
  BookRoom,
  CancelFlight,
  CancelRoom,
  FlightBooked,
  FlightCancelled,
  OfficeWork,
  PayTrip,
  RoomBooked,
  RoomCancelled,
  TicketsSent,
  Trip,
  tripBooking,
  TripPaid,
  type Booking,
  type Plane,
} from './trip';

test('a value is of the type that its Avro literal says', () =>
  compiled(() => {
    type Leg = { readonly from: string; readonly to: string; readonly at: Date };
    same<PayloadOf<typeof FlightBooked>, { readonly flightId: string; readonly price: number }>();
    same<ValueOf<typeof Trip>['legs'], readonly Leg[]>();
    same<ValueOf<typeof Trip>['flightId'], string | null>();
    const Every = record({
      type: 'record',
      name: 'Every',
      namespace: 'x',
      fields: [
        { name: 'color', type: { type: 'enum', name: 'Color', namespace: 'x', symbols: ['RED', 'BLUE'] } },
        { name: 'counts', type: { type: 'map', values: 'double' } },
        { name: 'picture', type: 'bytes' },
        { name: 'done', type: 'boolean' },
      ],
    });
    void Every;
    same<ValueOf<typeof Every>['color'], 'RED' | 'BLUE'>();
    same<ValueOf<typeof Every>['counts'], Readonly<Record<string, number>>>();
    same<ValueOf<typeof Every>['picture'], Buffer>();
    same<ValueOf<typeof Every>['done'], boolean>();
    // @ts-expect-error two types are not the same
    same<ValueOf<typeof Every>['done'], string>();
  }));

test('a contract with a mistake in it does not compile', () =>
  compiled(() => {
    const named = { type: 'record', name: 'X', namespace: 'x', topic: 't' } as const;
    event({ ...named, fields: [{ name: 'note', type: ['null', 'string'], default: null }] });
    // @ts-expect-error a field that may be null, without a default
    event({ ...named, fields: [{ name: 'note', type: ['null', 'string'] }] });
    // @ts-expect-error a type that Avro does not have
    event({ ...named, fields: [{ name: 'note', type: 'text' }] });
    // @ts-expect-error a union that is not "null or one other type"
    event({ ...named, fields: [{ name: 'note', type: ['string', 'int'] }] });
    // @ts-expect-error a part without a namespace
    event({ ...named, fields: [{ name: 'note', type: { type: 'record', name: 'Note', fields: [] } }] });
    // @ts-expect-error no address
    event({ type: 'record', name: 'X', namespace: 'x', fields: [] });
    command({ ...named, fields: [], reply: RoomBooked, refusals: [] });
    // @ts-expect-error nothing said about refusals
    command({ ...named, fields: [], reply: RoomBooked });
    // @ts-expect-error a reply that is no contract
    command({ ...named, fields: [], reply: Trip, refusals: [] });
  }));

test('a message that is not what its contract says does not compile', () =>
  compiled(() => {
    PayTrip.of({ tripId: 't1', price: 1 });
    PayTrip.of(aTrip);
    // @ts-expect-error a misspelt field
    PayTrip.of({ tripID: 't1', price: 1 });
    // @ts-expect-error a field of another type
    PayTrip.of({ tripId: 't1', price: '1' });
    // @ts-expect-error a missing field
    PayTrip.of({ tripId: 't1' });
    PayTrip.refuse('NO_MONEY', 'not a cent');
    // @ts-expect-error a code that the contract does not declare
    PayTrip.refuse('FULL');
    // @ts-expect-error a refusal of what cannot be refused
    CancelRoom.refuse('FULL');
  }));

const book = async () => FlightBooked.of({ flightId: 'f1', price: 1 });
const cancel = async () => FlightCancelled.of({ tripId: 't1' });

test('a dispatcher that does not answer every contract as it declares does not compile', () =>
  compiled(() => {
    dispatcher(airContracts, AirWork, { BookFlight: book, CancelFlight: cancel });
    dispatcher(airContracts, AirWork, { BookFlight: async () => BookFlight.refuse('NO_SEAT'), CancelFlight: cancel });
    const noSeat: Refusal<'NO_SEAT'> = { code: 'NO_SEAT', errorMessage: 'said by a domain that does not know the kit' };
    dispatcher(airContracts, AirWork, { BookFlight: async () => noSeat, CancelFlight: cancel });
    // @ts-expect-error a forgotten handler
    dispatcher(airContracts, AirWork, { BookFlight: book });
    // @ts-expect-error a handler of something else
    dispatcher(airContracts, AirWork, { BookFlight: book, CancelFlight: cancel, BookRoom: book });
    // @ts-expect-error the reply to another command
    dispatcher(airContracts, AirWork, { BookFlight: cancel, CancelFlight: cancel });
    // @ts-expect-error a reply to another command, though it looks the same
    dispatcher(airContracts, AirWork, { BookFlight: book, CancelFlight: async () => RoomCancelled.of(aTrip) });
    // @ts-expect-error a refusal with the code of another command
    dispatcher(airContracts, AirWork, { BookFlight: async () => BookRoom.refuse('FULL'), CancelFlight: cancel });
    // @ts-expect-error a refusal of what cannot be refused
    dispatcher(airContracts, AirWork, { BookFlight: book, CancelFlight: async () => BookFlight.refuse('NO_SEAT') });
    // @ts-expect-error no answer
    dispatcher(airContracts, AirWork, { BookFlight: book, CancelFlight: async () => {} });
  }));

test('a handler that reaches for what it does not have does not compile', () =>
  compiled(() => {
    dispatcher([FlightBooked], AirWork, {
      FlightBooked: async ({ message: { flightId } }, { bookings, ids }) => {
        bookings.put({ tripId: ids.next(), seats: 1 });
        // @ts-expect-error an item of another shape
        bookings.put({ tripId: flightId });
        // @ts-expect-error an id of another type
        await bookings.get(1);
        return [];
      },
    });
    // @ts-expect-error a port that its unit of work does not have
    dispatcher([FlightBooked], AirWork, { FlightBooked: async (_, { rooms }) => rooms });
    // @ts-expect-error a field that the message does not have
    dispatcher([FlightBooked], AirWork, { FlightBooked: async ({ message: { room } }) => room });
  }));

test('a handler of an event that returns what its unit of work does not declare does not compile', () =>
  compiled(() => {
    dispatcher([FlightBooked], AirWork, { FlightBooked: async () => [] });
    dispatcher([FlightBooked], OfficeWork, { FlightBooked: async () => [] });
    const then = async () => [RoomCancelled.of(aTrip), FlightCancelled.of(aTrip)];
    dispatcher([FlightBooked], OfficeWork, { FlightBooked: then });
    // @ts-expect-error an event that is not declared
    dispatcher([FlightBooked], OfficeWork, { FlightBooked: async () => [TripPaid.of({ receipt: 'r' })] });
    // @ts-expect-error an event that is not declared, though it looks the same
    dispatcher([FlightBooked], OfficeWork, { FlightBooked: async () => [TicketsSent.of(aTrip)] });
    // @ts-expect-error an event where none is declared
    dispatcher([FlightBooked], AirWork, { FlightBooked: then });
    // @ts-expect-error a refusal, which an event cannot have
    dispatcher([FlightBooked], OfficeWork, { FlightBooked: async () => BookFlight.refuse('NO_SEAT') });
    // @ts-expect-error a command is not emitted
    void class extends UnitOfWork<{}, typeof PayTrip> {};
  }));

test('whoever adds to the outbox what the unit of work does not declare does not compile', () =>
  compiled(async (office: OfficeWork, air: AirWork) => {
    const trip = { target: 'TRIP', txId: 't1' };
    await office.run(async ({ outbox }) => {
      outbox.add(trip, RoomCancelled.of(aTrip));
      // @ts-expect-error an event that is not declared, though it looks the same
      outbox.add(trip, TicketsSent.of(aTrip));
      // @ts-expect-error nothing says whose it is
      outbox.add({ txId: 't1' }, RoomCancelled.of(aTrip));
    });
    // @ts-expect-error an event where none is declared
    await air.run(async ({ outbox }) => outbox.add(trip, RoomCancelled.of(aTrip)));
    // @ts-expect-error who only looks sends nothing
    await office.read(async ({ outbox }) => outbox);
    dispatcher([BookFlight, FlightBooked], OfficeWork, {
      BookFlight: async (_, { outbox }) => {
        outbox.add(trip, FlightCancelled.of(aTrip));
        // @ts-expect-error in the handler of a command
        outbox.add(trip, TicketsSent.of(aTrip));
        return FlightBooked.of({ flightId: 'f1', price: 1 });
      },
      FlightBooked: async (_, { outbox }) => {
        // @ts-expect-error in the handler of an event
        outbox.add(trip, TicketsSent.of(aTrip));
        return [];
      },
    });
    orchestrator(tripBooking, OfficeWork, {
      completed: async (_, { outbox }) => {
        outbox.add(trip, FlightCancelled.of(aTrip));
        // @ts-expect-error in an ending
        outbox.add(trip, TicketsSent.of(aTrip));
      },
      // @ts-expect-error in the other ending
      rejected: async (_state, _refusal, { outbox }) => outbox.add(trip, TicketsSent.of(aTrip)),
      // @ts-expect-error in between
      after: { BookRoom: async (_, { outbox }) => outbox.add(trip, TicketsSent.of(aTrip)) },
    });
  }));

test('the events that a unit of work is bound with are those that its token declares', () =>
  compiled((unitsOfWork: UnitsOfWork) => {
    const tables = { bookings: table<Booking>('bookings', { tripId: text, seats: integer }) };
    const both = [FlightCancelled, RoomCancelled] as const;
    unitsOfWork.of(OfficeWork, tables, [RoomCancelled, FlightCancelled]);
    unitsOfWork.of(OfficeWork, tables, both);
    // @ts-expect-error nothing is listed
    unitsOfWork.of(OfficeWork, tables);
    // @ts-expect-error one is missing
    unitsOfWork.of(OfficeWork, tables, [RoomCancelled]);
    // @ts-expect-error one is foreign
    unitsOfWork.of(OfficeWork, tables, [...both, TripPaid]);
    // @ts-expect-error another one, though it looks the same
    unitsOfWork.of(OfficeWork, tables, [RoomCancelled, TicketsSent]);
    const planes = table<Plane, number>('planes', { planeId: integer, seats: integer });
    // @ts-expect-error none is declared
    unitsOfWork.of(AirWork, { ...tables, planes }, [RoomCancelled]);
  }));

test('the tables of a unit of work are those of its repositories', () =>
  compiled((unitsOfWork: UnitsOfWork) => {
    const bookings = table<Booking>('bookings', { tripId: text, seats: integer });
    const planes = table<Plane, number>('planes', { planeId: integer, seats: integer });
    unitsOfWork.of(AirWork, { bookings, planes });
    // @ts-expect-error a missing table
    unitsOfWork.of(AirWork, { bookings });
    // @ts-expect-error a table of another item
    unitsOfWork.of(AirWork, { bookings, planes: bookings });
    // @ts-expect-error a table with ids of another type
    unitsOfWork.of(AirWork, { bookings, planes: table<Plane>('planes', { planeId: integer, seats: integer }) });
    // @ts-expect-error a column is missing
    table<Booking>('bookings', { tripId: text });
  }));

test('a stub that answers as its participant could not does not compile', () =>
  compiled(() => {
    const air = stub('air', airContracts);
    air.on(BookFlight, book).on(BookFlight, () => BookFlight.refuse('NO_PLANE'));
    // @ts-expect-error the reply to another command, though it looks the same
    air.on(CancelFlight, () => RoomCancelled.of(aTrip));
    // @ts-expect-error the refusal of another command
    air.on(BookFlight, () => BookRoom.refuse('FULL'));
    // @ts-expect-error the command of another participant
    air.on(PayTrip, () => PayTrip.refuse('NO_MONEY'));
  }));
