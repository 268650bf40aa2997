import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Component } from './component';
import { lackingJava } from './java';
import { preparedData } from './prepared';

/** Apicurio, spoken to in Confluent's way. */
export const registry: Component = {
  name: 'registry',
  variable: 'SCHEMA_REGISTRY_URL',
  portsNeeded: 1,
  usualStartS: 6,
  processes: () => 1,
  notInDocker: () => undefined,
  addressOf: ([port]) => `http://127.0.0.1:${port}/apis/ccompat/v7`,
  lacking: lackingJava,

  async launch({ folder, ports, machine, fetch }) {
    const app = await fetch('registry');
    const jar = (await readdir(app)).find((file) => file.endsWith('-runner.jar'));
    if (!jar) throw new Error(`${app} holds no …-runner.jar: remove it, and it is fetched again`);
    const data = await preparedData(folder, async () => {}); // H2 makes its own files
    const settings = {
      'quarkus.http.port': ports[0],
      'quarkus.http.host': '127.0.0.1',
      'quarkus.http.access-log.enabled': false,
      'apicurio.storage.kind': 'sql',
      'apicurio.storage.sql.kind': 'h2',
      'apicurio.datasource.url': `jdbc:h2:file:${join(data, 'registry')}`, // without a file its schemas end with it
    };
    const defines = Object.entries(settings).map(([name, value]) => `-D${name}=${value}`);
    const args = ['-Xmx384m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', ...defines, '-jar', join(app, jar)];
    return { program: machine.find('java')!, args };
  },

  async ask(address) {
    const response = await fetch(`${address}/subjects`, { signal: AbortSignal.timeout(2_000) });
    await response.arrayBuffer();
    if (!response.ok) throw new Error(`GET ${address}/subjects answers ${response.status}`);
  },
};
