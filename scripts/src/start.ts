import { kitchen } from '@saga-kit/kitchen';
import { order } from '@saga-kit/order';
import { payment } from '@saga-kit/payment';
import { user } from '@saga-kit/user';
import { embeddedSettings, settingsFrom, startEmbedded, type Started } from 'saga-kit/app';

const stopMs = 15_000;

async function main(): Promise<void> {
  const beganAt = performance.now();
  const settings = settingsFrom(embeddedSettings, process.env);
  const started = await startEmbedded([order, user, kitchen, payment], settings, fail);
  stopOnSignal(started);
  console.log(
    `order, user, kitchen and payment are ready on ${started.url} after ${Math.round(performance.now() - beganAt)} ms`,
  );
  console.log(`  data      ${settings.DATA_DIR}`);
}

function stopOnSignal(started: Started): void {
  const stop = (signal: NodeJS.Signals) => {
    console.log(`${signal}: stopping`);
    setTimeout(() => process.exit(1), stopMs).unref();
    started.stop().then(() => process.exit(0), fail);
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
}

function fail(error: unknown): never {
  console.error(error instanceof Error ? error.message : String(error));
  process.exit(1);
}

main().catch(fail);
