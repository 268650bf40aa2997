import { patiently } from './patiently';

const busy = new Error('busy');
const patience = { isPassing: (error: unknown) => error === busy, triesMax: 4, pauseMs: 1 };

/** Fails so often before it succeeds. */
function work(failures: number, error: Error) {
  const tried = { times: 0 };
  const run = async () => {
    tried.times++;
    if (tried.times <= failures) throw error;
    return 'done';
  };
  return { tried, run };
}

test('what others are in the way of is done when they are not any more', async () => {
  const { run, tried } = work(2, busy);
  expect(await patiently(run, patience)).toBe('done');
  expect(tried.times).toBe(3);
});

test('it is not tried for ever', async () => {
  const { run, tried } = work(10, busy);
  await expect(patiently(run, patience)).rejects.toBe(busy);
  expect(tried.times).toBe(4);
});

test('what fails by itself is not tried again', async () => {
  const { run, tried } = work(1, new Error('no such table'));
  await expect(patiently(run, patience)).rejects.toThrow('no such table');
  expect(tried.times).toBe(1);
});
