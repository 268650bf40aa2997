import { Continuity } from './continuity';

const place = { topic: 'topic', partition: 0 };
const fetched = (from: number, next: number, partition = 0) => ({
  ...place,
  partition,
  from: BigInt(from),
  next: BigInt(next),
});

test('what goes on is believed', () => {
  const continuity = new Continuity();
  expect([fetched(3, 5), fetched(5, 9), fetched(0, 1, 1)].map((each) => continuity.goesOn(each))).toEqual([
    true,
    true,
    true,
  ]);
});

test('an answer from before partitions moved is turned away, and what the group asks for then is believed', () => {
  const continuity = new Continuity();
  continuity.goesOn(fetched(0, 500));
  continuity.move();
  expect(continuity.goesOn(fetched(500, 510))).toBe(false); // was on its way; the group stands at 200
  expect(continuity.goesOn(fetched(200, 300))).toBe(false);
  expect(continuity.goesOn(fetched(200, 300))).toBe(true);
  expect(continuity.goesOn(fetched(300, 310))).toBe(true);
});

test('an answer that comes late is turned away also behind the first that is believed', () => {
  const continuity = new Continuity();
  continuity.goesOn(fetched(0, 500));
  continuity.move();
  continuity.goesOn(fetched(200, 300));
  continuity.goesOn(fetched(200, 300));
  expect(continuity.goesOn(fetched(500, 510))).toBe(false);
  expect(continuity.goesOn(fetched(300, 310))).toBe(true);
});

test('records that are gone for good are passed over at the second asking', () => {
  const continuity = new Continuity();
  continuity.goesOn(fetched(0, 10));
  expect([continuity.goesOn(fetched(50, 60)), continuity.goesOn(fetched(50, 60))]).toEqual([false, true]);
});
