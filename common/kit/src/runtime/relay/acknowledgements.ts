import { Watermark } from './watermark';

/** The highest number of each producer, for as long as it is to be noted. */
class Highest {
  private readonly fresh = new Map<number, number>();

  raise(producer: number, number: number): void {
    this.fresh.set(producer, Math.max(this.fresh.get(producer) ?? 0, number));
  }

  /** By producer; told again until it is `noted`. */
  unnoted(): ReadonlyMap<number, number> {
    return new Map(this.fresh);
  }

  noted(producer: number, number: number): void {
    if (this.fresh.get(producer) === number) this.fresh.delete(producer);
  }
}

/** What is to be noted of each producer: up to where it has been sent, and which of its commits are known. */
export class Acknowledgements {
  private readonly watermarks = new Map<number, Watermark<number>>();
  /** Everything up to this sequence is at the broker. */
  readonly sent = new Highest();
  /** The commit of this number is known to have happened. */
  readonly committed = new Highest();

  /** Something of a producer is to be sent, in sequence; call what is returned when it has been. */
  begin(producer: number, seq: number): () => void {
    let watermark = this.watermarks.get(producer);
    if (!watermark) this.watermarks.set(producer, (watermark = new Watermark()));
    const own = watermark;
    const entry = own.take(seq);
    return () => {
      own.finish(entry);
      if (own.done !== undefined) this.sent.raise(producer, own.done);
    };
  }
}
