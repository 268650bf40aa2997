/** Lets one in at a time, in the order of their coming. */
export class Mutex {
  private last: Promise<void> = Promise.resolve();

  /** Resolves, when it is the caller's turn, with what ends it. */
  async enter(): Promise<() => void> {
    let leave = () => {};
    const before = this.last;
    this.last = new Promise((done) => (leave = done));
    await before;
    return leave;
  }

  async run<T>(work: () => T | Promise<T>): Promise<T> {
    const leave = await this.enter();
    try {
      return await work();
    } finally {
      leave();
    }
  }
}
