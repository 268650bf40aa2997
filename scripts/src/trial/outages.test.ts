import type { OwnInfra } from '@saga-kit/cli/internal/infra/start-infra';
import type { KafkaSystem } from './kafka-system';
import { faultsOf, happen, outagesOf } from './outages';

const options = { withinMs: 1, registryAwayMs: 1, random: () => 0 };
const say = () => {};

/** The outage in which an instance is killed and started again. */
function aKill(child: { died?: string; start: () => Promise<number> }) {
  const instance = { name: 'order-1', service: 'order', child: { kill: async () => {}, ...child } };
  const system = { instances: [instance] } as unknown as KafkaSystem;
  return outagesOf(system, {} as OwnInfra, options).find(({ what }) => what === 'kill -9 order-1')!;
}

test('an instance that has ended by itself is not started again as if it had been killed', async () => {
  const kill = aKill({ died: 'it has ended by itself (1)', start: async () => 0 });
  await expect(kill.happen()).rejects.toThrow('order-1: it has ended by itself (1)');
});

test('an instance that ends at its start is started until it is up, and that is a fault all the same', async () => {
  let starts = 0;
  const start = async () => {
    if (++starts === 1) throw new Error('it has ended at its start (1)');
    return 0;
  };
  await expect(aKill({ start }).happen()).rejects.toThrow(
    'order-1 was up with start 2; at the first, it has ended at its start (1)',
  );
  expect(starts).toBe(2);
});

test('an outage that is not put right again is told, and the others happen all the same', async () => {
  const broken = { what: 'one', atMs: 0, happen: () => Promise.reject(new Error('it did not come back')) };
  const fine = { what: 'other', atMs: 1, happen: async () => {} };
  const happened = await happen([broken, fine], say);
  expect(happened.map(({ what, failed }) => [what, failed])).toEqual([
    ['one', 'it did not come back'],
    ['other', undefined],
  ]);
  expect(faultsOf(happened)).toEqual(['one: it did not come back']);
});
