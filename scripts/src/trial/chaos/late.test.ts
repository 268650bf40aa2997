import { outlived } from './late';

const order = (orderId: string, fromMs: number, untilMs: number) => ({ orderId, fromMs, untilMs });

test('an order may be late while one fault goes on for most of its deadline, and for no other reason', () => {
  const late = [order('meanwhile', 0, 70_000), order('before', -70_000, 1_000), order('at the end', 40_000, 110_000)];
  expect([...outlived(late, [[5_000, 60_000]])]).toEqual(['meanwhile']);
  expect([
    ...outlived(late, [
      [5_000, 30_000],
      [30_000, 60_000],
    ]),
  ]).toEqual([]);
  expect([...outlived(late, [])]).toEqual([]);
});
