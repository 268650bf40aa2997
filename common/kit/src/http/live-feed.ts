import type { Cancel, Clock } from '../ports';
import { EventStream } from './event-stream';

const lookEveryMs = 250;
const beatEveryMs = 15_000;

/** Shows the same to everybody who listens, whenever it has changed. It looks only while somebody listens, once for all of them. */
export class LiveFeed {
  private readonly listeners = new Map<EventStream, string>();
  private isLooking = false;
  private cancelLook: Cancel = () => {};
  private cancelBeat: Cancel = () => {};

  /** `look` resolves with what there is to see, as JSON, and with what of it makes a difference. */
  constructor(
    private readonly look: () => Promise<{ readonly json: string; readonly facts: string }>,
    private readonly clock: Pick<Clock, 'after'>,
    private readonly listenersMax: number,
  ) {}

  /** Ends when whoever listens has gone, or the stream is ended; `undefined` when there are too many. */
  listen(): EventStream | undefined {
    if (this.listeners.size >= this.listenersMax) return undefined;
    const stream = new EventStream();
    this.listeners.set(stream, '');
    stream.once('close', () => this.leave(stream));
    stream.beat(); // so that the head of the answer is on its way
    if (this.listeners.size > 1) return stream;
    this.beat();
    if (!this.isLooking) void this.tell();
    return stream;
  }

  private leave(stream: EventStream): void {
    this.listeners.delete(stream);
    if (this.listeners.size > 0) return;
    this.cancelLook();
    this.cancelBeat();
  }

  private async tell(): Promise<void> {
    this.isLooking = true;
    const seen = await this.look().catch(() => undefined); // what is not to be seen now may be in a moment
    this.isLooking = false;
    if (this.listeners.size === 0) return;
    this.cancelLook = this.clock.after(lookEveryMs, () => void this.tell());
    if (!seen) return;
    for (const [stream, facts] of this.listeners)
      if (facts !== seen.facts && stream.send(seen.json)) this.listeners.set(stream, seen.facts);
  }

  private beat(): void {
    this.cancelBeat = this.clock.after(beatEveryMs, () => {
      for (const stream of this.listeners.keys()) stream.beat();
      this.beat();
    });
  }
}
