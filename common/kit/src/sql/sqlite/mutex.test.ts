import { Mutex } from './mutex';

const turn = () => new Promise<void>((over) => void setImmediate(over));

test('one is in at a time, in the order of their coming', async () => {
  const mutex = new Mutex();
  const events: string[] = [];
  const stay = (name: string, turns: number) =>
    mutex.run(async () => {
      events.push(`${name} comes`);
      for (let left = turns; left > 0; left--) await turn();
      events.push(`${name} goes`);
    });
  await Promise.all([stay('a', 3), stay('b', 0), stay('c', 1)]);
  expect(events).toEqual(['a comes', 'a goes', 'b comes', 'b goes', 'c comes', 'c goes']);
});

test('whoever enters has it until they leave, and leaving twice lets in no second one', async () => {
  const mutex = new Mutex();
  const events: string[] = [];
  const enter = async (name: string) => {
    const leave = await mutex.enter();
    events.push(name);
    return leave;
  };
  const leave = await enter('first');
  const [second, third] = [enter('second'), enter('third')];
  await turn();
  expect(events).toEqual(['first']);
  leave();
  leave();
  const leaveToo = await second;
  leave();
  await turn();
  expect(events).toEqual(['first', 'second']);
  leaveToo();
  (await third)();
  expect(events).toEqual(['first', 'second', 'third']);
});

test('work that fails tells its caller, and lets the next one in', async () => {
  const mutex = new Mutex();
  const failing = mutex.run(() => Promise.reject(new Error('no')));
  const throwing = mutex.run(() => {
    throw new Error('neither');
  });
  const next = mutex.run(() => 'done');
  await expect(failing).rejects.toThrow('no');
  await expect(throwing).rejects.toThrow('neither');
  expect(await next).toBe('done');
});
