import { setTimeout } from 'node:timers/promises';
import { systemClock, systemIds } from '../app/system-environment';
import { ManualClock } from './manual-clock';
import { caseMs } from '../conformance/case';
import { clockCases, type ClockUnderTest } from '../conformance/clock-cases';
import { idsCases } from '../conformance/ids-cases';

const close = async () => {};

describe('the clock of the system', () => {
  const open = async (): Promise<ClockUnderTest> => ({
    clock: systemClock,
    pass: async (durationMs) => void (await setTimeout(durationMs)),
    close,
  });
  for (const { name, run } of clockCases(open)) test(name, run, caseMs);
});

describe('the clock that a test moves', () => {
  const open = async (): Promise<ClockUnderTest> => {
    const clock = new ManualClock();
    const pass = async (durationMs: number) => {
      const until = clock.now().getTime() + durationMs;
      while (clock.step(until));
      clock.goTo(until);
    };
    return { clock, pass, close };
  };
  for (const { name, run } of clockCases(open)) test(name, run, caseMs);

  test('stands still until it is moved, and stops at each timer on its way', () => {
    const clock = new ManualClock(1_000);
    const calls: number[] = [];
    for (const delayMs of [30, 10]) clock.after(delayMs, () => calls.push(clock.now().getTime()));
    expect([clock.now().getTime(), clock.nextAt, calls]).toEqual([1_000, 1_010, []]);
    expect(clock.step(1_009)).toBe(false);
    expect(clock.step(1_010)).toBe(true);
    expect([clock.now().getTime(), clock.nextAt, calls]).toEqual([1_010, 1_030, [1_010]]);
    expect(clock.step()).toBe(true);
    expect(clock.step()).toBe(false);
    clock.goTo(1_000); // it does not go back
    expect([clock.now().getTime(), clock.nextAt, calls]).toEqual([1_030, undefined, [1_010, 1_030]]);
  });
});

describe('the ids of the system', () => {
  for (const { name, run } of idsCases(systemIds)) test(name, run, caseMs);
});
