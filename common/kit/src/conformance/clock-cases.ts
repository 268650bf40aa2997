import assert from 'node:assert/strict';
import type { Clock } from '../ports';
import { casesOf, type Case, type Checks } from './case';
import { same } from './same';
import { until } from './until';

/** A clock, and how its time passes. */
export interface ClockUnderTest {
  readonly clock: Clock;
  /** Lets so much time pass; what is due by then may take a moment more. */
  readonly pass: (durationMs: number) => Promise<void>;
  close(): Promise<void>;
}

/** What every `Clock` promises. */
export const clockCases = (open: () => Promise<ClockUnderTest>): readonly Case[] => casesOf(open, checks);

/** A timer of Node counts whole milliseconds from the turn it was set in, which may have begun in the one before. */
const grainMs = 1;

const checks: Checks<ClockUnderTest> = {
  'a call is made once, and not before its time': async ({ clock, pass }) => {
    const setAt = clock.now().getTime();
    const calls: number[] = [];
    clock.after(20, () => calls.push(clock.now().getTime()));
    same(calls, []);
    await pass(20);
    await until('it is called', () => calls.length > 0);
    assert.ok(calls[0]! >= setAt + 20 - grainMs, `called after ${calls[0]! - setAt} ms instead of 20`);
    let over = false;
    clock.after(40, () => (over = true));
    await pass(40);
    await until('more time has passed', () => over);
    assert.equal(calls.length, 1);
  },

  'calls are made in the order of their times': async ({ clock, pass }) => {
    const calls: string[] = [];
    clock.after(30, () => calls.push('third'));
    clock.after(10, () => calls.push('first'));
    clock.after(20, () => calls.push('second'));
    await pass(30);
    await until('all are called', () => calls.length === 3);
    same(calls, ['first', 'second', 'third']);
  },

  'a call that is cancelled is not made, and others are': async ({ clock, pass }) => {
    const calls: string[] = [];
    const cancel = clock.after(10, () => calls.push('cancelled'));
    const tooLate = clock.after(10, () => calls.push('kept'));
    clock.after(20, () => calls.push('last'));
    cancel();
    cancel();
    await pass(20);
    await until('the last is called', () => calls.includes('last'));
    tooLate();
    same(calls, ['kept', 'last']);
  },

  'a call without a delay is not made at once': async ({ clock, pass }) => {
    let called = false;
    clock.after(0, () => (called = true));
    assert.equal(called, false);
    await pass(1);
    await until('it is called', () => called);
  },

  'what passes by the monotonic clock passes by the other one, and as much': async ({ clock, pass }) => {
    const began = { monotonicMs: clock.monotonicMs(), nowMs: clock.now().getTime() };
    let over = false;
    clock.after(20, () => (over = true));
    await pass(20);
    await until('it is called', () => over);
    const passedMs = clock.monotonicMs() - began.monotonicMs;
    assert.ok(passedMs >= 20 - grainMs, `${passedMs} ms have passed instead of 20`);
    const apartMs = clock.now().getTime() - began.nowMs - passedMs;
    assert.ok(Math.abs(apartMs) < 1_000, `the clocks are ${apartMs} ms apart after ${passedMs} ms`);
  },

  'soon is when everything that is waiting has had its turn': async ({ clock }) => {
    const turns: string[] = [];
    setImmediate(() => turns.push('waiting'));
    clock.soon(() => turns.push('first'));
    clock.soon(() => turns.push('second'));
    void (async () => {
      for (let steps = 0; steps < 10; steps++) await Promise.resolve();
      turns.push('promised');
    })();
    same(turns, []);
    await until('all had their turns', () => turns.length === 4);
    same(turns, ['promised', 'waiting', 'first', 'second']);
  },
};
