/** What has to be let go of, in the reverse order of its being taken. */
export class Teardown {
  private readonly steps: (() => Promise<void>)[] = [];
  private running: Promise<void> | undefined;

  add(step: () => Promise<void>): void {
    this.steps.push(step);
  }

  /** Does all of it, whatever fails on the way, and then rejects with the first failure. Asked again, it is the same run. */
  run(): Promise<void> {
    return (this.running ??= this.runOnce());
  }

  private async runOnce(): Promise<void> {
    const failures: unknown[] = [];
    for (const step of this.steps.splice(0).reverse()) await step().catch((error: unknown) => failures.push(error));
    if (failures.length > 0) throw failures[0];
  }
}
