import { SchemaRegistry } from '@kafkajs/confluent-schema-registry';
import { trafficOf } from '@saga-kit/cli/internal/command/traffic';
import { services } from '../../services';
import { readRecords } from '../messages';
import { placeAll, plan, settled, type Placed, type PlannedOrder } from '../orders';
import { templatesOf, type RealRecord, type Template } from './templates';

/** So many orders are placed first: garbage is made after their messages. */
export const templateOrders = 60;
const endsMax = 5;
const triesMax = 100;

/** Places the first orders, and resolves with what they have left on each topic once they have ended. */
export async function placeFirst(
  url: string,
  planned: readonly PlannedOrder[],
  addresses: NodeJS.ProcessEnv,
): Promise<{ readonly placed: Placed; readonly templates: readonly Template[] }> {
  const first = planned.slice(0, templateOrders);
  const placed = await placeAll(
    () => url,
    first,
    templateOrders,
    () => {},
  );
  await settled(url);
  const ids = new Set(placed.answered.map(({ orderId }) => orderId));
  return { placed, templates: await templatesIn(addresses, trafficOf(services).topics, ids) };
}

/** Whose first orders, from whose messages garbage is made, come to every end. */
export function planWithEveryEnd(...of: Parameters<typeof plan>): ReturnType<typeof plan> {
  for (let tries = 1; ; tries++) {
    const planned = plan(...of);
    const ends = new Set(planned.slice(0, templateOrders).map((order) => order.ends));
    if (ends.size === endsMax || tries === triesMax) return planned;
  }
}

/** Made after the messages of these orders: somebody else's would be news to the services. */
async function templatesIn(
  addresses: NodeJS.ProcessEnv,
  topics: readonly string[],
  orderIds: ReadonlySet<string>,
): Promise<Template[]> {
  const real: RealRecord[] = [];
  await readRecords(addresses, topics, async (topic, { key, value }) => {
    if (key && value && orderIds.has(key.toString())) real.push({ topic, key, value });
  });
  const registry = new SchemaRegistry({ host: addresses['SCHEMA_REGISTRY_URL']! });
  const templates = await templatesOf(real, async (id) => JSON.stringify(await registry.getSchema(id)));
  const bare = topics.filter((topic) => !templates.some((each) => each.topic === topic));
  if (bare.length > 0) throw new Error(`orders of every end have left nothing on ${bare.join(', ')}`);
  return templates;
}
