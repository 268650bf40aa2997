import { Teardown } from './teardown';

test('whoever asks for it a second time is told when the first is through, and not before', async () => {
  const teardown = new Teardown();
  const events: string[] = [];
  let goOn = () => {};
  teardown.add(async () => {
    await new Promise<void>((resolve) => (goOn = resolve));
    events.push('let go');
  });
  const first = teardown.run();
  const second = teardown.run().then(() => events.push('told'));
  await new Promise((resolve) => setImmediate(resolve));
  goOn();
  await Promise.all([first, second]);
  expect(events).toEqual(['let go', 'told']);
});
