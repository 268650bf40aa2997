import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { jsonLog, kafkaSettings, mysqlSettings, registrySettings, settingsFrom } from 'saga-kit/tools';
import { Child } from '../command/child';
import type { LoadedConfig } from '../config';
import { consoleRoutes } from '../console/console-routes';
import { gateway } from '../gateway/gateway';

/** What is compiled of this command, also for a test. */
const main = join(__dirname, '..', '..', 'dist', 'main.js');
const addresses = kafkaSettings.extend(registrySettings.shape).extend(mysqlSettings.shape);

/**
 * Each service in a process of its own, on the ports after `port`, and all of them behind `port`. Topics and schemas are
 * made before. They are stopped in order: first who takes orders, so that the others can end what was begun.
 */
export async function startProcesses(
  config: LoadedConfig,
  { host, port, logLevel }: { host: string; port: number; logLevel: string },
) {
  const { file, title, story, services } = config;
  settingsFrom(addresses, process.env); // one clear error, instead of one from each process
  const withConfig = (...args: readonly string[]) => [...args, '--config', file];
  await ownCommand({}, withConfig('topics', 'create'));
  await ownCommand({}, withConfig('schemas', 'register'));
  const children = services.map(({ name }, index) => {
    const env = {
      PROFILE: 'kafka',
      HOST: host,
      PORT: `${port === 0 ? 0 : port + 1 + index}`,
      SAMPLE_DATA: process.env.SAMPLE_DATA ?? '1',
    };
    const says = (line: string) => console.log(`${name.padEnd(8)}| ${line}`);
    return { name, child: new Child({ file: main, args: withConfig('start', name), env, says }) };
  });
  const stop = async () => {
    for (const { child } of children) await child.stop();
  };
  try {
    await Promise.all(
      children.map(({ name, child }) =>
        child.start().catch((error: Error) => {
          throw new Error(`${name}: ${error.message}`);
        }),
      ),
    );
    const served = children.map(({ name, child }) => ({ name, urls: () => (child.running ? [child.url] : []) }));
    const said = { title, story, routes: consoleRoutes(config), log: jsonLog('gateway', logLevel) };
    const front = await gateway(served, { host, port, ...said });
    return { url: front.url, stop: () => front.close().then(stop) };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Runs another of our commands to its end; what it says is told only when it fails. */
export async function ownCommand(env: NodeJS.ProcessEnv, args: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, [main, ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [said, complained, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  if (code !== 0) throw new Error(`"npx saga-kit ${args.join(' ')}" has failed:\n${said}${complained}`);
}
