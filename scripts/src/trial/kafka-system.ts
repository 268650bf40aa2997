import { Child } from '@saga-kit/cli/internal/command/child';
import { gateway, type Gateway } from '@saga-kit/cli/internal/gateway/gateway';
import { ownCommand } from '@saga-kit/cli/internal/start/start-processes';
import { orderSystem, type System } from './system';

export interface KafkaSystemOptions {
  /** The order system if nothing is said. */
  readonly system?: System;
  /** KAFKA_BROKERS, SCHEMA_REGISTRY_URL and MYSQL_URL. */
  readonly addresses: NodeJS.ProcessEnv;
  /** Stands before the names of its databases, so that it has them for itself. */
  readonly prefix: string;
  /** Of each service. */
  readonly instances: number;
  /** More of the environment of each of them, by its name; it overrides `addresses`. */
  readonly env?: (instance: string) => NodeJS.ProcessEnv;
  /** Is given each line that an instance writes. */
  readonly says?: (instance: string, line: string) => void;
}

/** A system on real components: so many processes of each service, behind one address. */
export class KafkaSystem {
  readonly instances: readonly Instance[];
  private readonly system: System;
  private front: Gateway | undefined;

  constructor(private readonly options: KafkaSystemOptions) {
    this.system = options.system ?? orderSystem();
    this.instances = this.system.services.flatMap((service) =>
      Array.from({ length: options.instances }, (_, index) => this.instance(service, index + 1)),
    );
  }

  get url(): string {
    if (!this.front) throw new Error('the system has not been started');
    return this.front.url;
  }

  /** Instances that have ended without being told to. */
  get died(): string | undefined {
    const dead = this.instances.find(({ child }) => child.died);
    return dead && `${dead.name}: ${dead.child.died}`;
  }

  /** Makes topics and schemas, starts all instances, and resolves when all are ready. */
  async start(): Promise<void> {
    const { args, services, title, story } = this.system;
    const made = [args('topics', 'create'), args('schemas', 'register')];
    await Promise.all(made.map((each) => ownCommand(this.options.addresses, each)));
    await Promise.all(this.instances.map(({ child }) => child.start()));
    const served = services.map((name) => ({ name, urls: () => this.urlsOf(name) }));
    this.front = await gateway(served, { host: '127.0.0.1', port: 0, title, story });
  }

  async stop(): Promise<void> {
    for (const service of this.system.services)
      await Promise.all(this.instances.filter((each) => each.service === service).map(({ child }) => child.stop()));
    await this.front?.close();
  }

  /** The last lines of whoever has something to tell. */
  get log(): string {
    return this.instances.map(({ name, child }) => `${name}:\n${child.log}`).join('\n');
  }

  private urlsOf(name: string): string[] {
    return this.instances
      .filter(({ service, child }) => service === name && child.running)
      .map(({ child }) => child.url);
  }

  private instance(service: string, number: number): Instance {
    const name = `${service}-${number}`;
    const { says } = this.options;
    const own = { PROFILE: 'kafka', PORT: '0', HOST: '127.0.0.1', INSTANCE: name, SAMPLE_DATA: '1', LOG_LEVEL: 'warn' };
    const env = {
      ...this.options.addresses,
      ...this.options.env?.(name),
      ...own,
      MYSQL_DATABASE_PREFIX: this.options.prefix,
    };
    const program = this.system.programOf(service);
    return { name, service, child: new Child({ ...program, env, ...(says && { says: (line) => says(name, line) }) }) };
  }
}

export interface Instance {
  /** `<service>-<number>`. */
  readonly name: string;
  readonly service: string;
  readonly child: Child;
}
