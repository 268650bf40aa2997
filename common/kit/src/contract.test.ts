import { BookFlight, BookRoom, CancelFlight, CancelRoom, FlightBooked, PayTrip, RoomCancelled } from '../test/trip';
import { command, defaultBudgetMs, event, isCommand, UNDONE } from './contract';

const cancel = {
  type: 'record',
  name: 'Cancel',
  namespace: 'x',
  topic: 'to-x',
  fields: [{ name: 'tripId', type: 'string' }],
  reply: RoomCancelled,
} as const;

test('a message takes the fields that its contract declares, and no others', () => {
  const wide = { tripId: 't1', price: 12, card: 'secret', traveller: 'ada' };
  expect(PayTrip.of(wide)).toEqual({ contract: PayTrip, payload: { tripId: 't1', price: 12 } });
  expect(Object.keys(PayTrip.of(wide).payload)).toEqual(['tripId', 'price']);
});

test('a contract carries its schema without its address', () => {
  expect(FlightBooked).toMatchObject({ name: 'FlightBooked', topic: 'air-to-trip' });
  expect(FlightBooked.schema).toEqual({
    type: 'record',
    name: 'FlightBooked',
    namespace: 'air',
    fields: [
      { name: 'flightId', type: 'string' },
      { name: 'price', type: 'long', doc: 'in cents' },
    ],
  });
  expect(command({ ...cancel, doc: 'takes it back', refusals: [] }).schema.doc).toBe('takes it back');
});

test('only a command is answered, and its messages show it', () => {
  const fed = PayTrip.with((price: number) => ({ tripId: 't1', price }));
  for (const contract of [PayTrip, fed, PayTrip.of({ tripId: 't1', price: 1 }).contract, fed.of(1).contract])
    expect(isCommand(contract)).toBe(true);
  for (const contract of [FlightBooked, FlightBooked.of({ flightId: 'f1', price: 1 }).contract])
    expect(isCommand(contract)).toBe(false);
});

test('a refusal is a code and a message, which is the code where nothing else is said', () => {
  expect(BookFlight.refuse('NO_SEAT')).toEqual({ code: 'NO_SEAT', errorMessage: 'NO_SEAT' });
  expect(BookFlight.refuse('NO_SEAT', 'all taken')).toEqual({ code: 'NO_SEAT', errorMessage: 'all taken' });
});

test('a participant tries for thirty seconds, if its contract says nothing else', () => {
  expect(BookFlight.budgetMs).toBe(defaultBudgetMs);
  expect(defaultBudgetMs).toBe(30_000);
  expect(command({ ...cancel, refusals: [], budgetMs: 5_000 }).budgetMs).toBe(5_000);
});

test('a command can be fed from other names, and is still the same command', () => {
  const Pay = PayTrip.with(({ id, sum }: { id: string; sum: number }) => ({ tripId: id, price: sum }));
  expect(Pay.of({ id: 't1', sum: 12 })).toEqual(PayTrip.of({ tripId: 't1', price: 12 }));
  expect(Pay).toMatchObject({ reply: PayTrip.reply, refusals: ['NO_MONEY'], budgetMs: PayTrip.budgetMs });
  const Again = Pay.with((sum: number) => ({ id: 't1', sum }));
  expect(Again.of(7).payload).toEqual({ tripId: 't1', price: 7 });
  const Slow = command({ ...cancel, refusals: [], budgetMs: 5_000 }).with((tripId: string) => ({ tripId }));
  expect(Slow.budgetMs).toBe(5_000);
});

test('a command says whether the kit can acknowledge it: whether its reply has only fields that it has too', () => {
  expect(CancelRoom.impliesReply).toBe('yes');
  expect(CancelFlight.with((tripId: string) => ({ tripId, flightId: null })).impliesReply).toBe('yes');
  expect(BookRoom.impliesReply).toMatch(/^no/);
  const { fields, reply: _, ...rest } = cancel;
  const reply = event({ ...rest, name: 'Cancelled', fields: [...fields, { name: 'room', type: 'int' }] });
  expect(command({ ...cancel, reply, refusals: [] }).impliesReply).toMatch(/^no/);
});

test.each([UNDONE, 'DEADLINE_EXCEEDED'])('the code %s belongs to the kit', (code) => {
  expect(() => command({ ...cancel, refusals: ['FULL', code] } as any)).toThrow(`Cancel: the code ${code} is reserved`);
});

test.each(['', 'SOLD OUT', 'AUSVERKAUFT_ü', 'X'.repeat(61)])(
  'the code "%s" is refused where it is declared, since no receiver would take it',
  (code) => expect(() => command({ ...cancel, refusals: [code] } as any)).toThrow(`Cancel: the code "${code}"`),
);

const noNames = ['', 'undo', 'Cancel-it', 'Cancel it', '2Cancel', 'X'.repeat(61), 'toString', '__proto__'];
test.each(noNames)('the name "%s" is refused where it is declared, since ids and handlers go by it', (name) => {
  const named = { type: 'record', name, namespace: 'x', topic: 't', fields: [] } as any;
  expect(() => command({ ...cancel, name, refusals: [] } as any)).toThrow(`contract "${name}"`);
  expect(() => event(named)).toThrow(`contract "${name}"`);
});

test('names and codes of sixty characters are taken', () => {
  const longest = 'X'.repeat(60);
  expect(command({ ...cancel, name: longest, refusals: [longest] } as any).refuse(longest).code).toBe(longest);
});
