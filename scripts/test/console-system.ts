import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { consoleRoutes } from '@saga-kit/cli/internal/console/console-routes';
import { configOf } from '@saga-kit/cli/internal/config';
import { Unprocessable } from 'saga-kit';
import { ContainerModule, MessageHandler, type ServiceLiteral } from 'saga-kit/service';
import { embeddedSettings, settingsFrom, startEmbedded } from 'saga-kit/tools';
import { kitchenDispatcher } from '../../kitchen/src/application/kitchen-dispatcher';
import { orderOrchestrator } from '../../order/src/application/order-orchestrator';
import { root } from '../src/root';

const file = join(root, 'saga-kit.config.cjs');
const config = configOf(createRequire(__filename)(file), file);

/** The order system with its console, whose steps are given up early, and whose kitchen has a bug while it is told so. */
export async function consoleSystem({ deadlineMs = 60_000, adminToken = '' } = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'console-system-'));
  let bug: string | undefined;
  const { saga } = orderOrchestrator;
  const steps = saga.steps.map((step) => ({ ...step, deadlineMs, retryAfterMs: 1_000 }));
  const impatient = { ...orderOrchestrator, saga: { ...saga, steps } };
  const { CreateTicket, ...handlers } = kitchenDispatcher.handlers;
  const createTicket: typeof CreateTicket = async (received, ports) => {
    if (bug !== undefined) throw new Unprocessable(bug);
    return CreateTicket!(received, ports);
  };
  const buggy = { ...kitchenDispatcher, handlers: { ...handlers, CreateTicket: createTicket } };
  const services = config.services.map((literal) => {
    if (literal.name === 'order') return handledBy(literal, impatient);
    return literal.name === 'kitchen' ? handledBy(literal, buggy) : literal;
  });
  const env = {
    DATA_DIR: folder,
    PORT: '0',
    LOG_LEVEL: 'silent',
    SAMPLE_DATA: '1',
    ...(adminToken && { ADMIN_TOKEN: adminToken }),
  };
  const settings = settingsFrom(embeddedSettings, env);
  const options = { title: config.title, story: config.story, routes: consoleRoutes(config) };
  const fatal = (error: Error) => console.error(error);
  const started = await startEmbedded(services, settings, fatal, options);
  return {
    url: started.url,
    /** What the kitchen fails with from now on; nothing: it is mended. */
    kitchenFails: (message?: string) => void (bug = message),
    close: async () => {
      await started.stop();
      await rm(folder, { recursive: true });
    },
  };
}

/** The same service, whose messages another one handles. */
const handledBy = (literal: ServiceLiteral, handler: MessageHandler): ServiceLiteral => ({
  ...literal,
  bindings: new ContainerModule((options) => {
    void literal.bindings.load(options);
    options.rebindSync(MessageHandler).toConstantValue(handler);
  }),
});
