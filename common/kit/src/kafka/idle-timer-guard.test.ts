import { createRequire } from 'node:module';
import { guardIdleTimers } from './idle-timer-guard';

guardIdleTimers();
type Queue = {
  pending: unknown[];
  checkPendingRequests(): void;
  scheduleCheckPendingRequests(): void;
  destroy(): void;
};
const RequestQueue = createRequire(__filename)('kafkajs/src/network/requestQueue') as new (options: object) => Queue;

/** How many timers are asked for in so many turns. */
function timersOf(queue: Queue): number {
  jest.useFakeTimers();
  const ask = jest.spyOn(global, 'setTimeout');
  queue.checkPendingRequests();
  for (let turn = 0; turn < 100; turn++) jest.runOnlyPendingTimers();
  const asked = ask.mock.calls.length;
  jest.restoreAllMocks();
  jest.useRealTimers();
  queue.destroy();
  return asked;
}
const queue = () =>
  new RequestQueue({
    maxInFlightRequests: 1,
    requestTimeout: 1_000,
    clientId: 'a',
    broker: 'b',
    logger: { debug: () => {} },
  });

test('a connection that nobody waits for asks for no timers', () => {
  expect(timersOf(queue())).toBe(0);
});

test('a request that has to wait is sent when its time has come', () => {
  const waiting = queue();
  Object.assign(waiting, { throttledUntil: Date.now() + 1_000 });
  const send = jest.fn();
  waiting.pending.push({ send, expectResponse: true });
  expect(timersOf(waiting)).toBeGreaterThan(0);
  expect(send).toHaveBeenCalledTimes(1);
});
