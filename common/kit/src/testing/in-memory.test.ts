import { event } from '../contract';
import { UnitOfWork } from '../ports';
import { workOf } from './in-memory';

const Rung = event({ type: 'record', name: 'Rung', namespace: 'bell', topic: 'rung', fields: [] });
abstract class BellWork extends UnitOfWork<{}, typeof Rung> {}
const process = { target: 'BELL', txId: 'b-1' };

test('what a use case has delayed can be cancelled until it was', async () => {
  const work = workOf(BellWork, {});
  await work.run(async ({ outbox, clock }) => {
    const now = outbox.add(process, Rung.of({}));
    const later = outbox.add(process, Rung.of({}), { at: clock.now() });
    expect(await outbox.cancel(now)).toBe(false);
    expect(await outbox.cancel(later)).toBe(true);
    expect(await outbox.cancel(later)).toBe(false);
  });
});

test('a test may see what is added, and leave the rest as it is', async () => {
  const add = jest.fn();
  await workOf(BellWork, {}, { outbox: { add } }).run(async ({ outbox }) => {
    outbox.add(process, Rung.of({}));
    expect(await outbox.cancel('nobody')).toBe(false);
  });
  expect(add.mock.calls).toEqual([[process, Rung.of({})]]);
});
