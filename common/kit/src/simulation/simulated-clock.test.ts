import { randomFrom } from './random';
import { SimulatedClock } from './simulated-clock';

/** Two processes that each want three turns. */
function turnsOf(seed: number): string {
  const clock = new SimulatedClock(randomFrom(seed));
  const turns: string[] = [];
  for (const name of ['a', 'b']) {
    const own = clock.ofProcess();
    for (let turn = 1; turn <= 3; turn++) own.soon(() => turns.push(`${name}${turn}`));
  }
  while (clock.turn());
  return turns.join(' ');
}

test('a process has its turns in the order in which it asked for them; who is next is drawn', () => {
  const stories = new Set(Array.from({ length: 50 }, (_, seed) => turnsOf(seed)));
  expect(stories.size).toBeGreaterThan(5);
  for (const story of stories) {
    expect(story.match(/a\d/g)).toEqual(['a1', 'a2', 'a3']);
    expect(story.match(/b\d/g)).toEqual(['b1', 'b2', 'b3']);
  }
  expect(turnsOf(9)).toBe(turnsOf(9));
});

test('a timer that is due asks for its turn, and may be cancelled until it has it', () => {
  const clock = new SimulatedClock(() => 0);
  const own = clock.ofProcess();
  const called: string[] = [];
  own.after(10, () => called.push('kept'));
  const cancel = own.after(10, () => called.push('cancelled'));
  while (clock.step(clock.now().getTime() + 10));
  expect(called).toEqual([]);
  cancel();
  while (clock.turn());
  expect(called).toEqual(['kept']);
});
