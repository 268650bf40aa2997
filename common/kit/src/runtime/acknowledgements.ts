import { Watermark } from './watermark';

/** Everything of a lane up to `seq` is at the broker; unit `unit` is committed. 0: nothing new. */
export interface Acknowledged {
  readonly seq: number;
  readonly unit: number;
}

/** What is to be noted of each lane: how far it has been sent, and which of its transactions are known to be committed. */
export class Acknowledgements {
  private readonly lanes = new Map<number, Watermark<number>>();
  private readonly fresh = new Map<number, Acknowledged>();

  committed(lane: number, unit: number): void {
    this.raise(lane, { seq: 0, unit });
  }

  /** Something of a lane is to be sent, in sequence; call what is returned when it has been. */
  begin(lane: number, seq: number): () => void {
    let marks = this.lanes.get(lane);
    if (!marks) this.lanes.set(lane, (marks = new Watermark()));
    const sent = marks;
    const mark = sent.take(seq);
    return () => {
      sent.finish(mark);
      if (sent.done !== undefined) this.raise(lane, { seq: sent.done, unit: 0 });
    };
  }

  /** By lane; told again until it is `noted`. */
  unnoted(): ReadonlyMap<number, Acknowledged> {
    return new Map(this.fresh);
  }

  noted(lane: number, what: Acknowledged): void {
    if (this.fresh.get(lane) === what) this.fresh.delete(lane);
  }

  private raise(lane: number, { seq, unit }: Acknowledged): void {
    const before = this.fresh.get(lane) ?? { seq: 0, unit: 0 };
    this.fresh.set(lane, { seq: Math.max(before.seq, seq), unit: Math.max(before.unit, unit) });
  }
}
