import type { Lead } from '@saga-kit/cli/internal/infra/component';
import { KafkaCluster } from '@saga-kit/cli/internal/infra/kafka-cluster';
import type { PartName } from '@saga-kit/cli/internal/infra/parts';
import { startInfra, type OwnInfra } from '@saga-kit/cli/internal/infra/start-infra';
import { Proxy } from './proxy';

/** A cluster of a trial's own, with a registry and a database. */
export interface ThreeBrokers {
  readonly infra: OwnInfra;
  readonly cluster: KafkaCluster;
  /** Where services find all of it. */
  readonly addresses: NodeJS.ProcessEnv;
  readonly names: readonly PartName[];
  /** In front of each broker, by its name; none where clients speak to the brokers themselves. */
  readonly proxies: ReadonlyMap<PartName, Proxy>;
  readonly close: () => Promise<void>;
}

const names: readonly PartName[] = ['kafka-1', 'kafka-2', 'kafka-3'];

/** `proxied`: clients reach each broker through a proxy; brokers among themselves do not. */
export async function threeBrokers(proxied: boolean, say: (line: string) => void): Promise<ThreeBrokers> {
  const proxies = proxied ? await Promise.all(names.map(() => Proxy.open())) : [];
  const closeProxies = async () => void (await Promise.all(proxies.map((proxy) => proxy.close())));
  try {
    const lead: Lead = (ports) =>
      proxies.map((proxy, index) => {
        proxy.to = ports[index]!;
        return proxy.port;
      });
    const infra = await startInfra({ say, brokers: names.length, ...(proxied && { lead }) });
    const close = () => infra.close().finally(closeProxies);
    if (infra.missing.length > 0) {
      await close();
      throw new Error(infra.missing.map(({ name, lacking }) => `${name}: ${lacking}`).join('\n'));
    }
    const own = infra.addresses.KAFKA_BROKERS!;
    const led = proxied ? proxies.map(({ port }) => `127.0.0.1:${port}`).join(',') : own;
    return {
      infra,
      cluster: new KafkaCluster(infra.folder, own),
      addresses: { ...infra.addresses, KAFKA_BROKERS: led },
      names,
      proxies: new Map(names.flatMap((name, index) => (proxied ? [[name, proxies[index]!]] : []))),
      close,
    };
  } catch (error) {
    await closeProxies();
    throw error;
  }
}
