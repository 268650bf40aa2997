import { setImmediate } from 'node:timers/promises';
import { ManualClock } from '../testing';
import type { EventStream } from './event-stream';
import { LiveFeed } from './live-feed';

let clock: ManualClock;
let looks: number;
let seen: string | Error;
beforeEach(() => {
  clock = new ManualClock();
  [looks, seen] = [0, 'calm'];
});

const aFeed = (listenersMax = 3) =>
  new LiveFeed(
    async () => {
      looks++;
      if (seen instanceof Error) throw seen;
      return { json: JSON.stringify({ seen, looks }), facts: seen };
    },
    clock,
    listenersMax,
  );

/** What a listener has been sent since it was asked last. */
function heard(stream: EventStream): string[] {
  const text = (stream.read() as Buffer | null)?.toString() ?? '';
  return [...text.matchAll(/^data: .*"seen":"(\w+)"|^(:) /gm)].map(([, data, beat]) => data ?? beat!);
}
async function pass(durationMs: number): Promise<void> {
  const until = clock.now().getTime() + durationMs;
  await setImmediate();
  while (clock.step(until)) await setImmediate();
  clock.goTo(until);
}

test('nobody looks while nobody listens, and one looks for all who do, four times a second', async () => {
  const feed = aFeed();
  await pass(10_000);
  expect(looks).toBe(0);
  const streams = [feed.listen()!, feed.listen()!];
  await pass(1_000);
  expect(looks).toBe(5); // at once, and then each 250 ms
  for (const stream of streams) stream.destroy();
  await pass(10_000);
  expect(looks).toBe(5);
  expect(clock.nextAt).toBeUndefined();
});

test('who listens is told at once, and then when something has changed', async () => {
  const stream = aFeed().listen()!;
  expect(heard(stream)).toEqual([':']); // so that there is an answer, whatever is to be seen
  await pass(1_000);
  expect(heard(stream)).toEqual(['calm']);
  await pass(1_000);
  expect(heard(stream)).toEqual([]);
  seen = 'busy';
  await pass(250);
  expect(heard(stream)).toEqual(['busy']);
  stream.destroy();
});

test('who comes later is told what there is, and nobody else is told it again', async () => {
  const feed = aFeed();
  const first = feed.listen()!;
  heard(first);
  await pass(500);
  heard(first);
  const second = feed.listen()!;
  heard(second);
  await pass(250);
  expect([heard(first), heard(second)]).toEqual([[], ['calm']]);
  first.destroy();
  await pass(250);
  seen = 'busy';
  await pass(250);
  expect(heard(second)).toEqual(['busy']);
  second.destroy();
});

test('who does not read is told the latest when he does, and nothing of what was between', async () => {
  const stream = aFeed().listen()!;
  heard(stream);
  await pass(250);
  for (const next of ['busy', 'busier', 'busiest']) {
    seen = next;
    await pass(20_000);
  }
  expect(heard(stream)).toEqual(['calm']);
  await pass(250);
  expect(heard(stream)).toEqual(['busiest']);
  stream.destroy();
});

test('every 15 seconds the other side is told that the connection lives', async () => {
  const stream = aFeed().listen()!;
  heard(stream);
  await pass(1_000);
  heard(stream);
  await pass(14_000);
  expect(heard(stream)).toEqual([':']);
  stream.destroy();
});

test('what cannot be seen now is looked for again', async () => {
  seen = new Error('the database is away');
  const stream = aFeed().listen()!;
  heard(stream);
  await pass(1_000);
  expect(heard(stream)).toEqual([]);
  seen = 'calm';
  await pass(250);
  expect(heard(stream)).toEqual(['calm']);
  stream.destroy();
});

test('there is room for so many, and for another one when one of them goes', async () => {
  const feed = aFeed(2);
  const [first, second] = [feed.listen()!, feed.listen()!];
  expect(feed.listen()).toBeUndefined();
  first.destroy();
  await setImmediate();
  const third = feed.listen()!;
  expect(third).toBeDefined();
  for (const stream of [second, third]) stream.destroy();
});

test('who leaves while somebody looks leaves nothing behind, and who comes then is told all the same', async () => {
  const feed = aFeed();
  feed.listen()!.destroy();
  await pass(1_000);
  expect([looks, clock.nextAt]).toEqual([1, undefined]);
  const leaving = feed.listen()!;
  leaving.destroy();
  await setImmediate();
  looks = 0;
  const stream = feed.listen()!;
  heard(stream);
  await pass(1_000);
  expect([looks, heard(stream)]).toEqual([5, ['calm']]);
  stream.destroy();
});

test('a stream that was ended takes nothing more', async () => {
  const stream = aFeed().listen()!;
  stream.end();
  stream.end();
  seen = 'busy';
  await pass(1_000);
  expect(heard(stream)).toEqual([':']);
});
