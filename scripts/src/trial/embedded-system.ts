import { Child } from '@saga-kit/cli/internal/command/child';
import { sagaKit } from '../root';
import { orderSystem, type System } from './system';

/** A system in a process of its own, to be killed and started again on the same folder. */
export class EmbeddedSystem {
  private readonly child: Child;

  constructor(
    folder: string,
    readonly port: number,
    { args, env: more = {} }: Pick<System, 'args'> & { readonly env?: NodeJS.ProcessEnv } = orderSystem(),
  ) {
    const env = {
      ...more,
      PROFILE: 'embedded',
      PORT: `${port}`,
      HOST: '127.0.0.1',
      DATA_DIR: folder,
      LOG_LEVEL: 'error',
    };
    this.child = new Child({ file: sagaKit.file, args: args('start'), env });
    this.url = `http://127.0.0.1:${port}`;
  }

  readonly url: string;

  get died(): string | undefined {
    return this.child.died;
  }

  get log(): string {
    return this.child.log;
  }

  /** Resolves when it is ready, with the milliseconds that took. */
  start(): Promise<number> {
    return this.child.start();
  }

  kill(): Promise<void> {
    return this.child.kill();
  }

  stop(): Promise<void> {
    return this.child.stop();
  }
}
