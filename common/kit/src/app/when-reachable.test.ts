import { DatabaseFault, type Environment } from '../runtime';
import { ManualClock } from '../testing';
import { whenReachable } from './when-reachable';

const lines: string[] = [];
const say = (_fields: object, message: string) => void lines.push(message);
const clock = new ManualClock();
const environment: Environment = {
  clock,
  ids: { next: () => '1' },
  log: { debug: say, info: say, warn: say, error: say },
  random: () => 0.5,
};
beforeEach(() => void lines.splice(0));

/** Time passes whenever somebody waits for it. */
async function timePasses<T>(done: Promise<T>): Promise<T> {
  let isOver = false;
  const over = done.finally(() => (isOver = true));
  over.catch(() => {});
  while (!isOver) {
    await new Promise<void>((turn) => void setImmediate(turn));
    clock.step();
  }
  return over;
}

test('a database that is away is waited for, which is said once', async () => {
  let away = 5;
  const open = async () => {
    if (away-- > 0) throw new DatabaseFault('lost', 'connect ECONNREFUSED');
    return 'open';
  };
  expect(await timePasses(whenReachable(open, environment))).toBe('open');
  expect(lines).toEqual(['the database does not answer; waiting for it']);
});

test('one that stays away, and one that says no, are given up', async () => {
  const began = clock.now().getTime();
  const away = () => Promise.reject(new DatabaseFault('lost', 'connect ECONNREFUSED'));
  await expect(timePasses(whenReachable(away, environment))).rejects.toThrow('ECONNREFUSED');
  expect(clock.now().getTime() - began).toBeGreaterThan(100_000);
  const denied = () => Promise.reject(new DatabaseFault('refused', 'access denied'));
  await expect(timePasses(whenReachable(denied, environment))).rejects.toThrow('access denied');
  const broken = () => Promise.reject(new Error('migrated by a newer program'));
  await expect(timePasses(whenReachable(broken, environment))).rejects.toThrow('newer program');
});
