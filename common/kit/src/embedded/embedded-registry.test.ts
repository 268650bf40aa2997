import { copyFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { caseMs, registryCases, type RegistryUnderTest } from '../conformance';
import { EmbeddedRegistry } from './embedded-registry';
import { LogFile } from './log-file';

describe('the embedded registry on a file', () => {
  for (const { name, run } of registryCases(openOnFile, { durable: 'yes' })) test(name, run, caseMs);
});

describe('the embedded registry in memory', () => {
  const durable = { no: 'memory ends with its process' };
  for (const { name, run } of registryCases(openInMemory, { durable })) test(name, run, caseMs);
});

async function openOnFile(): Promise<RegistryUnderTest> {
  const folder = await mkdtemp(join(tmpdir(), 'saga-kit-'));
  const logs: LogFile[] = [];
  const openAt = (name: string) => {
    const log = new LogFile(join(folder, name));
    logs.push(log);
    return new EmbeddedRegistry(log);
  };
  return {
    registry: openAt('killed.db'),
    restart: async () => {
      for (const part of ['', '-wal']) copyFileSync(join(folder, `killed.db${part}`), join(folder, `again.db${part}`));
      return openAt('again.db');
    },
    close: async () => {
      for (const log of logs) log.close();
      await rm(folder, { recursive: true });
    },
  };
}

async function openInMemory(): Promise<RegistryUnderTest> {
  const log = new LogFile(':memory:');
  return { registry: new EmbeddedRegistry(log), close: async () => log.close() };
}
