import { createHash } from 'node:crypto';
import { componentNames, type ComponentName } from './component';
import { dockerFile } from './docker-file';
import { run } from './run';

/** The ports of the host, by component. */
export type HostPorts = Readonly<Partial<Record<ComponentName, readonly number[]>>>;

/** The containers of one folder: a compose project of its own, so that checkouts do not share any. */
export class Compose {
  private readonly project: string;

  constructor(
    folder: string,
    private readonly docker: string,
  ) {
    this.project = `saga-kit-${createHash('sha256').update(folder).digest('hex').slice(0, 8)}`;
  }

  /** Resolves when these are healthy. */
  async up(names: readonly ComponentName[], ports: HostPorts, signal: AbortSignal | undefined): Promise<void> {
    const chosen = componentNames.flatMap((name) =>
      ports[name] ? [[`${name.toUpperCase()}_PORT`, `${ports[name][0]}`]] : [],
    );
    const env = { ...Object.fromEntries(chosen), MYSQL_INIT: 'mysql-for-development.sql' };
    await this.compose(['up', '--detach', '--wait', '--no-deps', ...names], { env, signal });
  }

  /** `clean` removes the data as well; of all of them: the network too. */
  async stop(names: readonly ComponentName[], clean: boolean): Promise<void> {
    if (!clean) return this.compose(['stop', ...names]);
    if (names.length === componentNames.length) return this.compose(['down', '--volumes']);
    await this.compose(['rm', '--stop', '--force', ...names]);
    await run(this.docker, ['volume', 'rm', '--force', ...names.map((name) => `${this.project}_${name}`)]);
  }

  logs(lines: number, follow: boolean, names: readonly ComponentName[]): readonly string[] {
    return [this.docker, ...this.own, 'logs', `--tail=${lines}`, ...(follow ? ['--follow'] : []), ...names];
  }

  private async compose(args: readonly string[], options: Parameters<typeof run>[2] = {}): Promise<void> {
    await run(this.docker, [...this.own, ...args], options);
  }

  private get own(): readonly string[] {
    return ['compose', '-p', this.project, '-f', dockerFile('compose.yml')];
  }
}
