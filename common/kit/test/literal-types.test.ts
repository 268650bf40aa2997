import { command, dispatcher, event, record, type AvroType, type Contract } from 'saga-kit';
import { compiled } from './compiled';
import {
  airContracts,
  AirWork,
  BookFlight,
  CancelFlight,
  FlightBooked,
  FlightCancelled,
  Leg,
  RoomBooked,
} from './trip';

test('a literal that says what its schema would not keep does not compile', () =>
  compiled(() => {
    const named = { type: 'record', name: 'X', namespace: 'x', topic: 't' } as const;
    const color = { type: 'enum', name: 'Color', namespace: 'x', symbols: ['RED', 'BLUE'] } as const;
    const line = { type: 'record', name: 'Line', namespace: 'x', fields: [{ name: 'count', type: 'int' }] } as const;
    const older = { doc: 'what for', aliases: ['Old', 'y.Older'] } as const;
    event({
      ...named,
      fields: [{ name: 'a', type: { ...color, ...older, default: 'RED' }, aliases: ['b'], doc: 'why' }],
    });
    record({ ...line, ...older });
    // @ts-expect-error an order
    event({ ...named, fields: [{ name: 'a', type: 'int', order: 'ignore' }] });
    const ordered = { name: 'a', type: 'int', order: 'ignore' } as const;
    // @ts-expect-error an order, said elsewhere
    event({ ...named, fields: [ordered] });
    // @ts-expect-error a default that is not one of the symbols
    event({ ...named, fields: [{ name: 'a', type: { ...color, default: 'GREEN' } }] });
    // @ts-expect-error a default of a list's items
    event({ ...named, fields: [{ name: 'a', type: { type: 'array', items: { ...color, default: 'GREEN' } } }] });
    const noted = { ...line, fields: [{ name: 'note', type: ['null', 'string'] }] } as const;
    // @ts-expect-error a part of which something may be null, without a default
    event({ ...named, fields: [{ name: 'a', type: noted }] });
    const heavy = { ...line, fields: [{ name: 'count', type: 'int', unit: 'kg' }] } as const;
    // @ts-expect-error an attribute of a part that may be missing
    event({ ...named, fields: [{ name: 'a', type: ['null', heavy], default: null }] });
    // @ts-expect-error an attribute of a part in a map
    event({ ...named, fields: [{ name: 'a', type: { type: 'map', values: heavy } }] });
    // @ts-expect-error a logical type that contracts do not know
    event({ ...named, fields: [{ name: 'a', type: { type: 'int', logicalType: 'date' } }] });
    const precise = { type: 'long', logicalType: 'timestamp-millis', precision: 3 } as const;
    // @ts-expect-error an attribute of a time
    event({ ...named, fields: [{ name: 'a', type: precise }] });
    // @ts-expect-error another name of a contract
    event({ ...named, fields: [], aliases: ['Old'] });
    // @ts-expect-error an event is not answered
    event({ ...named, fields: [], refusals: [] });
    // @ts-expect-error a part has no address
    record({ ...line, topic: 't' });
  }));

test('a contract of which the types are lost does not compile', () =>
  compiled((any: string, anyType: AvroType) => {
    const named = { type: 'record', name: 'X', namespace: 'x', topic: 't', fields: [] } as const;
    const fields = [{ name: 'a', type: 'int' as const }];
    const asked = { ...named, reply: RoomBooked, refusals: ['FULL'] } as const;
    command(asked);
    // @ts-expect-error a name that is any string
    event({ ...named, name: any });
    // @ts-expect-error a name that is any string of a pattern
    event({ ...named, name: `${any}Done` as const });
    // @ts-expect-error fields that are any list
    event({ ...named, fields });
    // @ts-expect-error a field whose name is any string
    event({ ...named, fields: [{ name: any, type: 'int' }] });
    // @ts-expect-error a field of any type
    event({ ...named, fields: [{ name: 'a', type: anyType }] });
    // @ts-expect-error a field that is a list of anything
    event({ ...named, fields: [{ name: 'a', type: { type: 'array', items: anyType } }] });
    // @ts-expect-error fields of a part that are any list
    event({ ...named, fields: [{ name: 'a', type: { type: 'record', name: 'P', namespace: 'x', fields } }] });
    // @ts-expect-error a part that is any string's
    record({ type: 'record', name: any, namespace: 'x', fields: [] });
    // @ts-expect-error symbols that are any strings
    record({ ...Leg, fields: [{ name: 'a', type: { type: 'enum', name: 'E', namespace: 'x', symbols: [any] } }] });
    // @ts-expect-error a command whose name is any string
    command({ ...asked, name: any });
    // @ts-expect-error codes that are any strings
    command({ ...asked, refusals: [any] });
    // @ts-expect-error one of the codes is any string
    command({ ...asked, refusals: ['FULL', any] });
    const reply: Contract = RoomBooked;
    // @ts-expect-error a reply that is any contract
    command({ ...asked, reply });
  }));

test('a list of any contracts, of which nobody could tell what is forgotten, does not compile', () =>
  compiled((some: Contract[], one: Contract) => {
    const handlers = {
      BookFlight: async () => FlightBooked.of({ flightId: 'f1', price: 1 }),
      CancelFlight: async () => FlightCancelled.of({ tripId: 't1' }),
    };
    dispatcher([...airContracts], AirWork, handlers);
    // @ts-expect-error any contracts
    dispatcher(some, AirWork, {});
    // @ts-expect-error any contract among others
    dispatcher([BookFlight, CancelFlight, one], AirWork, handlers);
    // @ts-expect-error any events that may be sent
    dispatcher([FlightBooked], AirWork, { FlightBooked: async () => [] }, some);
  }));
