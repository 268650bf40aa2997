import { Overloaded } from 'saga-kit';
import { slotMs } from '../src/runtime';
import { Admission } from '../src/runtime/saga/admission';
import type { HandlerContext } from '../src/runtime/handling/handler-context';
import { shippingSaga } from './a-shipping';

/** Of a service in which, by its database, so many sagas are open, and so many end in a second. */
function admission(pace: { open: number; perSecond: number }) {
  let nowMs = 0;
  const begun: string[] = [];
  const made = new Admission(
    { begin: async (_context, _saga, txId) => void begun.push(txId), cancel: async () => 'UNKNOWN' },
    {
      pace: async (_moved, ended) => ({ open: pace.open, ended: (pace.perSecond * (nowMs - ended * slotMs)) / 1_000 }),
    },
    { now: () => new Date(nowMs) },
    () => nowMs,
  );
  const begin = async (txId: string) => {
    const afterwards: (() => void)[] = [];
    const context = { attempt: { afterwards } } as unknown as HandlerContext;
    await made.begin(context, shippingSaga, txId, { item: 'x', count: 1 });
    for (const call of afterwards) call();
  };
  return {
    begun,
    begin,
    /** So many of those that ask for one in each second. */
    taken: async (asking: number, seconds: number) => {
      let taken = 0;
      for (let second = 0; second < seconds; second++) {
        await Promise.all(
          Array.from({ length: asking }, () =>
            begin('x').then(
              () => taken++,
              () => {},
            ),
          ),
        );
        nowMs += 1_000;
        await made.look();
      }
      return taken / seconds;
    },
    look: async (seconds = 1) => {
      for (let second = 0; second < seconds; second++) {
        nowMs += 1_000;
        await made.look();
      }
    },
  };
}

test('a saga is begun while those before it end in time for its deadlines', async () => {
  const { begin, look, begun } = admission({ open: 14_000, perSecond: 1_000 });
  await begin('a');
  await look(20);
  await begin('b');
  expect(begun).toEqual(['a', 'b']);
});

test('no saga is begun behind more than can end in half of its deadline, and who asks is told when to ask again', async () => {
  const { begin, look, begun } = admission({ open: 40_000, perSecond: 1_000 });
  await begin('a');
  await look(3);
  const refused = await begin('b').catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(Overloaded);
  expect(refused).toMatchObject({ retryAfterSeconds: 25, message: expect.stringMatching('^40000 sagas are open') });
  expect(begun).toEqual(['a']);
});

test('behind more than end in a quarter of its deadline, as many sagas are begun as end', async () => {
  const { begin, look, taken } = admission({ open: 20_000, perSecond: 100 });
  await begin('a');
  await look(4);
  expect(await taken(300, 5)).toBe(0); // far more than can end in half of it
  const busy = admission({ open: 2_000, perSecond: 100 });
  await busy.begin('a');
  await busy.look(4);
  expect(await busy.taken(300, 5)).toBe(100);
  expect(await busy.taken(40, 5)).toBe(40);
});

test('as soon as enough have ended, sagas are begun again', async () => {
  const pace = { open: 40_000, perSecond: 1_000 };
  const { begin, look } = admission(pace);
  await begin('a');
  await look(4);
  await expect(begin('b')).rejects.toThrow(Overloaded);
  pace.open = 14_000;
  await look();
  await begin('c');
});

test('the first of many that begin together, few that end slowly, and a standstill refuse nobody', async () => {
  const starting = admission({ open: 7_000, perSecond: 10 });
  await starting.begin('a');
  await starting.look(2);
  await starting.begin('b');
  const few = admission({ open: 400, perSecond: 0.1 });
  await few.begin('a');
  await few.look(20);
  await few.begin('b');
  const standing = admission({ open: 200_000, perSecond: 0 });
  await standing.begin('a');
  await standing.look(20);
  await standing.begin('b');
});
