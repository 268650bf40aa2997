import type { Type } from 'avsc';
import { BookFlight, CancelFlight, FlightBooked, FlightCancelled } from '../../test/trip';
import { avroTypeOf, canonical } from './avro-schema';
import { contractNameOf, errorSchema, subjectOf, subjectsOf, targetSchema } from './envelope-schema';

test('each contract has a subject of its own, though several share a topic', () => {
  expect([...subjectsOf([BookFlight, CancelFlight]).keys()]).toEqual([
    'trip-to-air-saga.air.BookFlight.TargetEventMessage',
    'air-to-trip-saga.air.FlightBooked.TargetEventMessage',
    'air-to-trip-saga.ErrorEventMessage',
    'trip-to-air-saga.air.CancelFlight.TargetEventMessage',
    'air-to-trip-saga.air.FlightCancelled.TargetEventMessage',
  ]);
});

test('an event is not refused, so its topic needs no schema of refusals', () => {
  expect([...subjectsOf([FlightBooked]).keys()]).toEqual(['air-to-trip-saga.air.FlightBooked.TargetEventMessage']);
});

test('a command that cannot be refused is answered on a topic of refusals too, since its undo may come first', () => {
  expect(subjectsOf([CancelFlight]).get('air-to-trip-saga.ErrorEventMessage')).toBe(errorSchema);
});

test('the contract is known from the envelope that it is in, and from nothing else', () => {
  expect(contractNameOf(targetSchema(BookFlight))).toBe('air.BookFlight');
  expect(contractNameOf(errorSchema)).toBeUndefined();
  expect(contractNameOf(BookFlight.schema)).toBeUndefined();
  expect(contractNameOf({ namespace: 'saga.air', name: 'BookFlight' })).toBeUndefined();
  expect(contractNameOf({ namespace: 'other.air.BookFlight', name: 'TargetEventMessage' })).toBeUndefined();
});

test('why the namespace tells contracts apart: in one namespace, neither could be read as the other', () => {
  const inOne = (contract: typeof FlightBooked | typeof FlightCancelled) => ({
    ...targetSchema(contract),
    namespace: 'saga',
  });
  const [booked, cancelled] = [inOne(FlightBooked), inOne(FlightCancelled)];
  expect(subjectOf('air-to-trip', booked)).toBe(subjectOf('air-to-trip', cancelled));
  const [reader, writer] = [booked, cancelled].map((schema) => avroTypeOf(canonical(schema))) as [Type, Type];
  expect(() => reader.createResolver(writer)).toThrow('no alias found for air.FlightCancelled');
});
