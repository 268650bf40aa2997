import { randomUUID } from 'node:crypto';
import type { UnitOfWork } from 'saga-kit';
import { Teardown } from '../src/app';
import { until } from '../src/conformance/until';
import { heardBy, tellers } from './a-teller';
import { given } from './given';
import { RealServices } from './real-services';

const { First, Second, Third, TellWork, teller, listener } = tellers(`e${randomUUID().slice(0, 8)}_`);
const chainHops = 200;

given(
  'KAFKA_BROKERS',
  'SCHEMA_REGISTRY_URL',
  'MYSQL_URL',
)('events between services', () => {
  const teardown = new Teardown();
  afterAll(() => teardown.run(), 60_000);

  test('all arrive, of several services that react to one, and along a chain', async () => {
    type Heard = { readonly message: { readonly text: string; readonly hops: number } };
    const three = async ({ message: { text, hops } }: Heard, name: string) =>
      text === 'chain' ? [] : [1, 2, 3].map((each) => Second.of({ text: `${name}${each}`, hops }));
    const hop =
      (next: typeof First | typeof Third) =>
      async ({ message: { text, hops } }: Heard) =>
        text === 'chain' && hops > 0 ? [next.of({ text, hops: hops - 1 })] : [];
    const one = teller('one', [First], { First: (received) => three(received, 'one') });
    const two = teller('two', [First], {
      First: async (received) => [...(await three(received, 'two')), ...(await hop(Third)(received))],
    });
    const back = teller('back', [Third], { Third: hop(First) });
    const services = new RealServices(teardown);
    await services.prepare(one, two, back, listener);
    const [speaker] = await Promise.all([one, two, back, listener].map((each) => services.start(each)));
    const work = speaker!.container.get<UnitOfWork<{}, typeof First>>(TellWork);
    await work.run(async ({ outbox }) => {
      outbox.add({ target: 'TALE', txId: 'a' }, First.of({ text: 'x', hops: 0 }));
      outbox.add({ target: 'TALE', txId: 'b' }, First.of({ text: 'chain', hops: chainHops }));
    });
    const stores = await services.storesOf(listener);
    const wanted = 1 + 2 * 3 + 1 + chainHops;
    await until('everything is heard', async () => (await heardBy(stores)).length === wanted);
    const texts = (await heardBy(stores)).map(({ text }) => text).filter((text) => text !== 'chain');
    expect(texts).toEqual(['one1', 'one2', 'one3', 'two1', 'two2', 'two3', 'x']);
    for (const each of [one, two, back, listener])
      expect(await (await services.storesOf(each)).sagaStore.parkedCount()).toBe(0);
  }, 120_000);
});
