import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import type { CrashCell, CrashOptions, CrashRun } from 'saga-kit/testing';

type Answer = { readonly run: CrashRun } | { readonly failed: string };

/** Processes that run cells, each one at a time. */
export class CrashWorkers {
  private readonly idle: ChildProcess[];
  private readonly all: readonly ChildProcess[];

  constructor(
    readonly count: number,
    private readonly options: CrashOptions,
  ) {
    this.all = Array.from({ length: count }, () => fork(join(__dirname, 'crash-worker.js')));
    this.idle = [...this.all];
  }

  /** Ask for no more cells at a time than there are workers. */
  async run(cell: CrashCell): Promise<CrashRun> {
    const worker = this.idle.pop();
    if (!worker) throw new Error(`there are but ${this.count} workers`);
    const answer = await new Promise<Answer>((resolve, reject) => {
      const died = () => reject(new Error(`a worker has died in the middle of ${JSON.stringify(cell)}`));
      worker.once('exit', died);
      worker.once('message', (message) => {
        worker.off('exit', died);
        resolve(message as Answer);
      });
      worker.send({ cell, options: this.options });
    });
    if ('failed' in answer) throw new Error(`${JSON.stringify(cell)}: ${answer.failed}`);
    this.idle.push(worker);
    return answer.run;
  }

  end(): void {
    for (const worker of this.all) worker.kill();
  }
}
