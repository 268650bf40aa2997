import { patiently } from './patiently';

const busy = Object.assign(new Error('database is locked'), { code: 'SQLITE_BUSY_SNAPSHOT' });

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

test('what another process is in the way of is done when it is not any more', async () => {
  const { run, tried } = work(2, busy);
  expect(await patiently(run)).toBe('done');
  expect(tried.times).toBe(3);
});

test('it is not tried for ever', async () => {
  const { run, tried } = work(10, busy);
  await expect(patiently(run, 4)).rejects.toBe(busy);
  expect(tried.times).toBe(4);
});

test('what fails by itself is not tried again', async () => {
  const { run, tried } = work(1, new Error('no such table'));
  await expect(patiently(run)).rejects.toThrow('no such table');
  expect(tried.times).toBe(1);
});
