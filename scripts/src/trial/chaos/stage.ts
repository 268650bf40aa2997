import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../../root';
import { KafkaSystem, type Instance } from '../kafka-system';
import { Proxy } from '../proxy';
import type { ThreeBrokers } from '../three-brokers';
import type { Disk } from './disk';
import { kindOf } from './kinds';

export interface StageOptions {
  /** Reached through proxies. */
  readonly brokers: ThreeBrokers;
  /** Of the database. */
  readonly disk: Disk;
  /** Is given each line that an instance writes. */
  readonly hear: (instance: string, line: string) => void;
  /** More of the environment of each instance, by its name. */
  readonly env?: (instance: string) => NodeJS.ProcessEnv;
}

/** The order system on three brokers, a registry and a database, each reached on a way that can be disturbed. */
export class Stage {
  private constructor(
    readonly brokers: ThreeBrokers,
    readonly system: KafkaSystem,
    readonly disk: Disk,
    private readonly ways: Ways,
    private readonly clocks: string,
  ) {}

  /** Starts two instances of each service. `prefix`: before the names of its databases. */
  static async set({ brokers, disk, hear, env: more }: StageOptions, prefix: string): Promise<Stage> {
    const ways = new Ways(brokers);
    await ways.open(kindOf('instance killed').targets);
    const clocks = await mkdtemp(join(tmpdir(), 'saga-kit-clocks-'));
    const required = `--require=${join(root, 'scripts', 'dist', 'trial', 'chaos', 'skewed-date.js')}`;
    const env = (instance: string): NodeJS.ProcessEnv => ({
      ...more?.(instance),
      ...ways.addressesOf(instance),
      CLOCK_AHEAD_MS_FILE: join(clocks, instance),
      NODE_OPTIONS: [process.env['NODE_OPTIONS'], required].filter(Boolean).join(' '),
    });
    const system = new KafkaSystem({ addresses: brokers.addresses, prefix, instances: 2, env, says: hear });
    const stage = new Stage(brokers, system, disk, ways, clocks);
    try {
      await system.start();
      return stage;
    } catch (error) {
      await stage.close();
      throw error;
    }
  }

  instance(name: string): Instance {
    const found = this.system.instances.find((each) => each.name === name);
    if (!found) throw new Error(`there is no instance ${name}`);
    return found;
  }

  /** Of a service, or of all of them. */
  instancesOf(service: string): readonly Instance[] {
    return this.system.instances.filter((each) => each.service === service || service === 'all');
  }

  /** Ways to a broker or the registry by its name, to the database by the name of an instance, or of all instances. */
  waysTo(target: string): readonly Proxy[] {
    return this.ways.to(target);
  }

  async setClock(instance: string, aheadMs: number): Promise<void> {
    await writeFile(join(this.clocks, instance), `${aheadMs}`);
  }

  /** Ends what runs, also what stands still. */
  async close(): Promise<void> {
    for (const { child } of this.system.instances) if (child.running) process.kill(child.pid!, 'SIGCONT');
    await this.system.stop();
    await this.ways.close();
    await rm(this.clocks, { recursive: true, force: true });
  }
}

/** The proxies in front of all that services talk to. */
class Ways {
  private readonly proxies = new Map<string, Proxy>();

  constructor(private readonly brokers: ThreeBrokers) {}

  async open(instances: readonly string[]): Promise<void> {
    const { MYSQL_URL: database, SCHEMA_REGISTRY_URL: registry } = this.brokers.addresses;
    const add = async (name: string, url: string) => {
      const proxy = await Proxy.open();
      proxy.to = Number(new URL(url).port);
      this.proxies.set(name, proxy);
    };
    await Promise.all([add('registry', registry!), ...instances.map((instance) => add(instance, database!))]);
  }

  addressesOf(instance: string): NodeJS.ProcessEnv {
    const { MYSQL_URL: database, SCHEMA_REGISTRY_URL: registry } = this.brokers.addresses;
    const led = (url: string, name: string) => url.replace(/:\d+(?=\/|$)/, `:${this.proxies.get(name)!.port}`);
    return { MYSQL_URL: led(database!, instance), SCHEMA_REGISTRY_URL: led(registry!, 'registry') };
  }

  to(target: string): readonly Proxy[] {
    const broker = [...this.brokers.proxies].find(([name]) => name === target);
    if (broker) return [broker[1]];
    if (target === 'all') return [...this.proxies].filter(([name]) => name !== 'registry').map(([, proxy]) => proxy);
    const proxy = this.proxies.get(target);
    if (!proxy) throw new Error(`there is no way to ${target}`);
    return [proxy];
  }

  async close(): Promise<void> {
    await Promise.all([...this.proxies.values()].map((proxy) => proxy.close()));
  }
}
