import type { OwnInfra } from '../infra/start-infra';
import type { KafkaSystem } from './kafka-system';
import { outagesOf } from './outages';

test('an instance that has ended by itself is not started again as if it had been killed', async () => {
  const child = { died: 'it has ended by itself (1)', kill: async () => {}, start: async () => 0 };
  const system = { instances: [{ name: 'order-1', service: 'order', child }] } as unknown as KafkaSystem;
  const outages = outagesOf(system, {} as OwnInfra, { withinMs: 1, registryAwayMs: 1, random: () => 0 });
  const kill = outages.find(({ what }) => what === 'kill -9 order-1')!;
  await expect(kill.happen()).rejects.toThrow('order-1: it has ended by itself (1)');
});
