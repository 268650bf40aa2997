import type { Cancel } from '../../ports';
import type { Environment } from '../ports/environment';

/** Something that is done again and again, `everyMs` after it was last done. A failure is logged, and it goes on. */
export class PeriodicTask {
  private cancel: Cancel | undefined;
  private running: Promise<void> | undefined;
  private failing = false;

  constructor(
    private readonly environment: Environment,
    private readonly name: string,
    private readonly everyMs: number,
    private readonly task: () => Promise<void>,
  ) {}

  start(): this {
    this.cancel = this.environment.clock.after(this.everyMs, () => {
      this.running = this.now().then(() => {
        this.running = undefined;
        if (this.cancel) this.start();
      });
    });
    return this;
  }

  get idle(): boolean {
    return this.running === undefined;
  }

  /** Does it once, and rejects nothing. */
  async now(): Promise<void> {
    try {
      await this.task();
      this.failing = false;
    } catch (error) {
      if (!this.failing) this.environment.log.warn({ error: String(error) }, `could not ${this.name}; trying again`);
      this.failing = true;
    }
  }

  /** Resolves when it is not being done, and will not be done again. */
  async stop(): Promise<void> {
    this.cancel?.();
    this.cancel = undefined;
    await this.running;
  }
}
