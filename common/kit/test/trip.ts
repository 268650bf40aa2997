import { command, event, record, saga, timestamp, UnitOfWork, type Repository, type ValueOf } from 'saga-kit';

/** A trip that is booked over three services: what the tests of the vocabulary speak of. */
export const Leg = record({
  type: 'record',
  name: 'Leg',
  namespace: 'trip',
  fields: [
    { name: 'from', type: 'string' },
    { name: 'to', type: 'string' },
    { name: 'at', type: timestamp },
  ],
});

const tripId = { name: 'tripId', type: 'string' } as const;

export const TravellerChecked = event({
  type: 'record',
  name: 'TravellerChecked',
  namespace: 'people',
  topic: 'people-to-trip',
  fields: [{ name: 'traveller', type: 'string' }],
});
export const CheckTraveller = command({
  type: 'record',
  name: 'CheckTraveller',
  namespace: 'people',
  topic: 'trip-to-people',
  fields: [{ name: 'traveller', type: 'string' }],
  reply: TravellerChecked,
  refusals: ['BANNED'],
});

export const FlightBooked = event({
  type: 'record',
  name: 'FlightBooked',
  namespace: 'air',
  topic: 'air-to-trip',
  fields: [
    { name: 'flightId', type: 'string' },
    { name: 'price', type: 'long', doc: 'in cents' },
  ],
});
export const BookFlight = command({
  type: 'record',
  name: 'BookFlight',
  namespace: 'air',
  topic: 'trip-to-air',
  fields: [tripId, { name: 'traveller', type: 'string' }, { name: 'legs', type: { type: 'array', items: Leg } }],
  reply: FlightBooked,
  refusals: ['NO_SEAT', 'NO_PLANE'],
});
export const FlightCancelled = event({
  type: 'record',
  name: 'FlightCancelled',
  namespace: 'air',
  topic: 'air-to-trip',
  fields: [tripId],
});
export const CancelFlight = command({
  type: 'record',
  name: 'CancelFlight',
  namespace: 'air',
  topic: 'trip-to-air',
  fields: [tripId, { name: 'flightId', type: ['null', 'string'], default: null }],
  reply: FlightCancelled,
  refusals: [],
});

export const RoomBooked = event({
  type: 'record',
  name: 'RoomBooked',
  namespace: 'hotel',
  topic: 'hotel-to-trip',
  fields: [{ name: 'room', type: 'int' }],
});
export const BookRoom = command({
  type: 'record',
  name: 'BookRoom',
  namespace: 'hotel',
  topic: 'trip-to-hotel',
  fields: [tripId, { name: 'traveller', type: 'string' }],
  reply: RoomBooked,
  refusals: ['FULL'],
});
export const RoomCancelled = event({
  type: 'record',
  name: 'RoomCancelled',
  namespace: 'hotel',
  topic: 'hotel-to-trip',
  fields: [tripId],
});
export const CancelRoom = command({
  type: 'record',
  name: 'CancelRoom',
  namespace: 'hotel',
  topic: 'trip-to-hotel',
  fields: [tripId],
  reply: RoomCancelled,
  refusals: [],
});

export const TripPaid = event({
  type: 'record',
  name: 'TripPaid',
  namespace: 'bank',
  topic: 'bank-to-trip',
  fields: [{ name: 'receipt', type: 'string' }],
});
export const PayTrip = command({
  type: 'record',
  name: 'PayTrip',
  namespace: 'bank',
  topic: 'trip-to-bank',
  fields: [tripId, { name: 'price', type: 'long', doc: 'in cents' }],
  reply: TripPaid,
  refusals: ['NO_MONEY'],
});

export const TicketsSent = event({
  type: 'record',
  name: 'TicketsSent',
  namespace: 'post',
  topic: 'post-to-trip',
  fields: [tripId],
});
export const SendTickets = command({
  type: 'record',
  name: 'SendTickets',
  namespace: 'post',
  topic: 'trip-to-post',
  fields: [tripId, { name: 'traveller', type: 'string' }],
  reply: TicketsSent,
  refusals: [],
});

export const Trip = record({
  type: 'record',
  name: 'Trip',
  namespace: 'trip',
  fields: [
    tripId,
    { name: 'traveller', type: 'string' },
    { name: 'legs', type: { type: 'array', items: Leg } },
    { name: 'price', type: 'long', default: 0, doc: 'in cents' },
    { name: 'flightId', type: ['null', 'string'], default: null },
  ],
});
export type Trip = ValueOf<typeof Trip>;

export const tripBooking = saga({
  name: 'TRIP_BOOKING',
  state: Trip,
  compensatable: [
    { do: CheckTraveller, undo: 'nothing' },
    {
      do: BookFlight,
      undo: CancelFlight,
      fold: { flightId: ({ flightId }) => flightId, price: ({ price }, trip) => trip.price + price },
    },
    { do: BookRoom, undo: CancelRoom, deadlineMs: 90_000 },
  ],
  pivot: { do: PayTrip, retryAfterMs: 1_000 },
  retriable: [{ do: SendTickets }],
});

export const aTrip: Trip = {
  tripId: 't1',
  traveller: 'ada',
  legs: [{ from: 'Oslo', to: 'Rome', at: new Date(0) }],
  price: 0,
  flightId: null,
};

/** What the airline keeps, and how it is told what to do. */
export type Booking = Readonly<{ tripId: string; seats: number }>;
export abstract class AirWork extends UnitOfWork<{
  bookings: Repository<Booking>;
  planes: Repository<Plane, number>;
}> {}
export type Plane = Readonly<{ planeId: number; seats: number }>;
/** What happens in the office, and what is told of it. */
export abstract class OfficeWork extends UnitOfWork<
  { bookings: Repository<Booking> },
  typeof RoomCancelled | typeof FlightCancelled
> {}
export const airContracts = [BookFlight, CancelFlight] as const;
