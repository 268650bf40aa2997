import { Watermark } from './watermark';

/** Everything of a producer up to `seq` is at the broker; commit `commitNumber` is known. 0: nothing new. */
export interface Acknowledged {
  readonly seq: number;
  readonly commitNumber: number;
}

/** What is to be noted of each producer: how far it has been sent, and which of its transactions are known to be committed. */
export class Acknowledgements {
  private readonly outbox = new Map<number, Watermark<number>>();
  private readonly fresh = new Map<number, Acknowledged>();

  committed(producer: number, commitNumber: number): void {
    this.raise(producer, { seq: 0, commitNumber });
  }

  /** Something of a producer is to be sent, in sequence; call what is returned when it has been. */
  begin(producer: number, seq: number): () => void {
    let watermark = this.outbox.get(producer);
    if (!watermark) this.outbox.set(producer, (watermark = new Watermark()));
    const sent = watermark;
    const entry = sent.take(seq);
    return () => {
      sent.finish(entry);
      if (sent.done !== undefined) this.raise(producer, { seq: sent.done, commitNumber: 0 });
    };
  }

  /** By producer; told again until it is `noted`. */
  unnoted(): ReadonlyMap<number, Acknowledged> {
    return new Map(this.fresh);
  }

  noted(producer: number, what: Acknowledged): void {
    if (this.fresh.get(producer) === what) this.fresh.delete(producer);
  }

  private raise(producer: number, { seq, commitNumber }: Acknowledged): void {
    const before = this.fresh.get(producer) ?? { seq: 0, commitNumber: 0 };
    this.fresh.set(producer, {
      seq: Math.max(before.seq, seq),
      commitNumber: Math.max(before.commitNumber, commitNumber),
    });
  }
}
