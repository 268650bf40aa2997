import { judge } from './judge';
import * as trip from './trip';

/** What a person reads who makes a mistake. The mistake is on the line that ends with `// <-`, and so is every error. */
const mistakes: readonly Mistake[] = [
  {
    is: 'a misspelt field of a message',
    code: `PayTrip.of({ tripID: 't1', price: 1 }); // <-`,
    reads: `'tripID' does not exist in type '{ readonly tripId: string; readonly price: number; }'. Did you mean to write 'tripId'?`,
  },
  {
    is: 'a field that may be null, without a default',
    code: `event({ type: 'record', name: 'X', namespace: 'x', topic: 't', fields: [
      { name: 'id', type: 'string' },
      { name: 'note', type: ['null', 'string'] }, // <-
    ] });`,
    reads: `Property 'default' is missing in type '{ name: "note"; type: ["null", "string"]; }'`,
  },
  {
    is: 'an attribute of a field that a schema does not keep',
    code: `event({ type: 'record', name: 'X', namespace: 'x', topic: 't', fields: [
      { name: 'id', type: 'string' },
      { name: 'at', type: 'long', order: 'ignore' }, // <-
    ] });`,
    reads: `Property '"its schema without order: leave it out"' is missing in type '{ name: "at"; type: "long"; order: "ignore"; }'`,
  },
  {
    is: 'an attribute of a part that a schema does not keep',
    code: `const items = { type: 'record', name: 'P', namespace: 'x', fields: [{ name: 'a', type: 'int', unit: 'kg' }] } as const;
    event({ type: 'record', name: 'X', namespace: 'x', topic: 't', fields: [
      { name: 'parts', type: { type: 'array', items } }, // <-
    ] });`,
    reads: `Property '"its schema without unit: leave it out"' is missing in type '{ name: "parts"; type: { type: "array";`,
  },
  {
    is: 'a default that is not one of the symbols',
    code: `event({ type: 'record', name: 'X', namespace: 'x', topic: 't', fields: [
      { name: 'a', type: { type: 'enum', name: 'E', namespace: 'x', symbols: ['RED'], default: 'BLUE' } }, // <-
    ] });`,
    reads: `Property '"one of its symbols as its default"' is missing in type '{ name: "a"; type: { type: "enum"; name: "E";`,
  },
  {
    is: 'a name that could be any string',
    code: `event({ type: 'record', name: process.argv[0]!, namespace: 'x', topic: 't', fields: [] }); // <-`,
    reads: `Property '"a literal as its name: with any string, types are lost"' is missing in type '{ type: "record"; name: string;`,
  },
  {
    is: 'fields that could be any',
    code: `const fields = [{ name: 'id', type: 'string' as const }];
    event({ type: 'record', name: 'X', namespace: 'x', topic: 't', fields }); // <-`,
    reads: `Property '"fields in a list as const: with any fields, types are lost"' is missing in type '{ name: string; type: "string"; }[]'`,
  },
  {
    is: 'refusals that could be any strings',
    code: `const refusals = ['FULL'];
    command({ type: 'record', name: 'X', namespace: 'x', topic: 't', fields: [], reply: FlightBooked, refusals }); // <-`,
    reads: `Property '"literals as its refusals: with any string, types are lost"' is missing in type`,
  },
  {
    is: 'a list of contracts that could be any',
    code: `const contracts: Contract[] = [...airContracts];
    dispatcher(contracts, AirWork, {}); // <-`,
    reads: `Property '"contracts whose names are literals, in a list as const: with any string, types are lost"' is missing in type 'Contract<string, any>[]'`,
  },
  {
    is: 'a code that a command does not declare',
    code: `BookFlight.refuse('FULL'); // <-`,
    reads: `Argument of type '"FULL"' is not assignable to parameter of type '"NO_`,
  },
  {
    is: 'a forgotten handler',
    code: `dispatcher(airContracts, AirWork, { // <-
      BookFlight: async () => FlightBooked.of({ flightId: 'f1', price: 1 }),
    });`,
    reads: `Property 'CancelFlight' is missing in type '{ BookFlight: `,
  },
  {
    is: 'the reply to another command of the same shape',
    code: `dispatcher(airContracts, AirWork, {
      BookFlight: async () => FlightBooked.of({ flightId: 'f1', price: 1 }),
      CancelFlight: async ({ message }) => RoomCancelled.of(message), // <-
    });`,
    reads: `Type '"RoomCancelled"' is not assignable to type '"FlightCancelled"'`,
  },
  {
    is: 'a refusal with the code of another command',
    code: `dispatcher(airContracts, AirWork, {
      BookFlight: async () => BookRoom.refuse('FULL'), // <-
      CancelFlight: async ({ message }) => FlightCancelled.of(message),
    });`,
    reads: `Type '"FULL"' is not assignable to type '"NO_`,
  },
  {
    is: 'a port that the unit of work does not have',
    code: `dispatcher([FlightBooked], AirWork, {
      FlightBooked: async (_, { rooms }) => rooms, // <-
    });`,
    reads: `Property 'rooms' does not exist on type 'Readonly<{ bookings: Repository<`,
  },
  {
    is: 'an event that the unit of work does not declare, returned',
    code: `dispatcher([FlightBooked], OfficeWork, {
      FlightBooked: async () => [TripPaid.of({ receipt: 'r' })], // <-
    });`,
    reads: `Type '"TripPaid"' is not assignable to type '"`,
  },
  {
    is: 'an event that the unit of work does not declare, added to the outbox',
    code: `void (async (office: OfficeWork) => office.run(async ({ outbox }) => {
      outbox.add({ target: 'TRIP', txId: 't' }, TripPaid.of({ receipt: 'r' })); // <-
    }));`,
    reads: `Type '"TripPaid"' is not assignable to type '"`,
  },
  {
    is: 'a unit of work that is bound without one of its events',
    code: `void ((unitsOfWork: UnitsOfWork, table: any) => {
      unitsOfWork.of(OfficeWork, { bookings: table }, [RoomCancelled]); // <-
    });`,
    reads: `Property 'FlightCancelled' is missing in type`,
  },
  {
    is: 'a unit of work that is bound without its events',
    code: `void ((unitsOfWork: UnitsOfWork, table: any) => {
      unitsOfWork.of(OfficeWork, { bookings: table }); // <-
    });`,
    reads: 'Expected 3 arguments, but got 2',
  },
  {
    is: 'a column of another type',
    code: `table<Plane, number>('planes', { planeId: integer, seats: text }); // <-`,
    reads: `Type 'number' is not assignable to type 'string'`,
  },
  {
    is: 'a time within a column of JSON',
    code: `table<{ id: string; legs: Trip['legs'] }>('trips', { id: text, legs: json }); // <-`,
    reads: `Property '"another column: JSON would not bring at back as it was"' is missing in type`,
  },
  sagaWith({
    is: 'a step without an undo',
    step: `{ do: BookFlight }, // <-`,
    reads: `Property 'undo' is missing in type '{ do: Command<"BookFlight", `,
  }),
  sagaWith({
    is: 'an undo that can be refused',
    step: `{ do: BookFlight, undo: PayTrip }, // <-`,
    reads: `Type 'readonly "NO_MONEY"[]' is not assignable to type 'readonly never[]'`,
  }),
  sagaWith({
    is: 'an undo that the kit could not acknowledge',
    step: `{ do: BookFlight, undo: Unfed }, // <-`,
    reads: `'"no: the reply has a field that the command does not have"' is not assignable to type '"yes"'`,
  }),
  sagaWith({
    is: 'a misspelt field in a fold',
    step: `{ do: BookFlight, undo: CancelFlight, fold: { flightID: ({ flightId }) => flightId } }, // <-`,
    reads: `'flightID' does not exist in type`,
    errors: 2, // nobody can tell what the function takes
  }),
  sagaWith({
    is: 'a value of another type in a fold',
    step: `{ do: BookFlight, undo: CancelFlight, fold: { price: ({ flightId }) => flightId } }, // <-`,
    reads: `Type 'string' is not assignable to type 'number'`,
  }),
  sagaWith({
    is: 'an undo at the pivot',
    pivot: `{ do: PayTrip, undo: CancelFlight }, // <-`,
    reads: `'undo' does not exist in type 'PivotStep<`,
  }),
  sagaWith({
    is: 'a state that does not have what a command takes',
    step: `{ do: BookFlight.with((who: { readonly passport: string } & Trip) => who), undo: CancelFlight }, // <-`,
    reads: `Property 'passport' is missing in type '{ readonly tripId: string; `,
  }),
  {
    is: 'an ending after a step that there is not',
    code: `orchestrator(tripBooking, AirWork, {
      approved: async () => {},
      rejected: async () => {},
      after: { BookCar: async () => {} }, // <-
    });`,
    reads: `'BookCar' does not exist in type`,
  },
];

const head = `
  import { command, dispatcher, event, orchestrator, saga, type Contract } from 'saga-kit';
  import { integer, json, table, text, type UnitsOfWork } from 'saga-kit/service';
  import type { Plane } from './trip';
  import { ${Object.keys(trip).join(', ')} } from './trip';
  const Unfed = command({ type: 'record', name: 'Unfed', namespace: 'x', topic: 't', fields: [], reply: FlightBooked, refusals: [] });
`;
const files = ['types', 'literal-types', 'saga-types', 'table-types'].map((name) => `${name}.test.ts`);
const judged = judge({ head, snippets: mistakes.map(({ code }) => code), files });

test.each(mistakes.map((mistake, index) => ({ ...mistake, found: judged[index]! })))(
  '$is is said clearly, in its own place and nowhere else',
  ({ found, reads, errors = 1, code }) => {
    expect(found.map(({ text }) => text).join('\n')).toContain(reads);
    const line = code.split('\n').findIndex((each) => each.endsWith('// <-'));
    expect(found.map((each) => each.line)).toEqual(Array(errors).fill(line));
  },
);

test.each(files.map((file, index) => ({ file, found: judged[mistakes.length + index]! })))(
  'everything that $file says about the types is so',
  ({ found }) => expect(found).toEqual([]),
);

interface Mistake {
  readonly is: string;
  readonly code: string;
  readonly reads: string;
  readonly errors?: number;
}

/** A saga that is right but for one of its lines. */
function sagaWith({ step, pivot, ...mistake }: Omit<Mistake, 'code'> & { step?: string; pivot?: string }): Mistake {
  const code = `saga({
    name: 'S',
    state: Trip,
    compensatable: [
      { do: CheckTraveller, undo: 'nothing' },
      ${step ?? '{ do: BookFlight, undo: CancelFlight },'}
      { do: BookRoom, undo: CancelRoom },
    ],
    pivot: ${pivot ?? '{ do: PayTrip },'}
    retriable: [{ do: SendTickets }],
  });`;
  return { ...mistake, code };
}
