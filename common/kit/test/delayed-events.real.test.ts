import { randomUUID } from 'node:crypto';
import type { UnitOfWork } from 'saga-kit';
import { Teardown } from '../src/app';
import { until } from '../src/conformance/until';
import { heardBy, tellers } from './a-teller';
import { given } from './given';
import { RealServices } from './real-services';

const { First, TellWork, teller, listener } = tellers(`d${randomUUID().slice(0, 8)}_`);
const count = 200;

given(
  'KAFKA_BROKERS',
  'SCHEMA_REGISTRY_URL',
  'MYSQL_URL',
)('delayed events', () => {
  const teardown = new Teardown();
  afterAll(() => teardown.run(), 60_000);

  test('leave once over two instances, or are cancelled by either of them', async () => {
    const speaker = teller('speaker', [], {});
    const services = new RealServices(teardown);
    await services.prepare(speaker, listener);
    const instances = [await services.start(speaker, 1), await services.start(speaker, 2)];
    await services.start(listener);
    const [one, two] = instances.map(({ container }) => container.get<UnitOfWork<{}, typeof First>>(TellWork));
    const delayed = (delayMs: number, name: string) =>
      one!.run(async ({ outbox, clock }) => {
        const at = new Date(clock.now().getTime() + delayMs);
        return outbox.add({ target: 'TALE', txId: name }, First.of({ text: name, hops: 0 }), { at });
      });
    const names = Array.from({ length: count }, (_, number) => `${number}`);
    const ids = await Promise.all(names.map((name) => delayed(100, name)));
    const longIds = await Promise.all(names.map((name) => delayed(3_600_000, `long-${name}`)));
    const taken = await Promise.all(longIds.map((id) => two!.run(({ outbox }) => outbox.cancel(id))));
    expect(taken).toEqual(Array(count).fill(true));
    const { outbox } = await services.storesOf(speaker);
    await until('nothing waits', async () => (await outbox.delayedCount()).waiting === 0);
    const stores = await services.storesOf(listener);
    const heard = () => heardBy(stores);
    await until('everything is heard', async () => (await heard()).length >= count);
    expect((await heard()).map(({ text }) => text).sort()).toEqual(names.sort());
    const cancels = await Promise.all(ids.map((id) => two!.run(({ outbox }) => outbox.cancel(id))));
    expect(cancels).toEqual(Array(count).fill(false));
    for (const id of ['', 'ü', '😀', "'", ids[0]!.toLowerCase(), 'x'.repeat(10_000)])
      expect(await two!.run(({ outbox }) => outbox.cancel(id))).toBe(false);
    expect(await services.recordsIn(First.topic)).toBe(count);
  }, 120_000);
});
