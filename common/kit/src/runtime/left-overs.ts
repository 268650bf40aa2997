import type { Environment } from './environment';
import type { Publisher } from './publisher';
import type { Lanes, LeftLane, Seat, Seats } from './store';

const pageMax = 1_000;

/**
 * Sends what instances have committed and did not live to send, lane by lane and in sequence; only for whoever holds their
 * seat. What is in lanes that were forgotten is sent as well, by anybody: perhaps their instance lives and sends it too.
 * That does no harm: everybody sends a lane in sequence, so what comes for the first time comes in order, and what comes
 * again is known to its receiver. Nobody waits for what the broker does not take at the moment: it is sent before anything
 * newer of its topic and key.
 */
export class LeftOvers {
  /** Lanes that are being sent, or written to by this process. */
  private readonly inHand = new Set<number>();

  constructor(
    private readonly instance: string,
    private readonly lanes: Lanes,
    private readonly seats: Seats,
    private readonly publisher: Publisher,
    private readonly environment: Environment,
  ) {}

  /** This process writes to it. */
  keepOff(lane: number): void {
    this.inHand.add(lane);
  }

  /** What the last life of this instance has left, before it sends anything new. Resolves with the number of its lanes. */
  async takeOwn(): Promise<number> {
    const left = (await this.lanes.all()).filter(
      ({ instance }) => instance === this.instance || instance === undefined,
    );
    for (const lane of left) await this.take(lane);
    return left.length;
  }

  /** What all others have left that nobody is any more. */
  async takeOver(): Promise<void> {
    const left = (await this.lanes.all()).filter(({ lane }) => !this.inHand.has(lane));
    for (const instance of new Set(left.map((each) => each.instance))) {
      const isFree = instance === undefined || instance === this.instance;
      const seat = isFree ? nobodys : await this.seats.take(instance, () => {});
      if (!seat) continue;
      try {
        for (const lane of left.filter((one) => one.instance === instance)) await this.take(lane);
      } finally {
        await seat.leave();
      }
    }
  }

  /** Resolves when all of it is in the publisher's hands, in front of whatever comes later. */
  private async take(left: LeftLane): Promise<void> {
    const { lane } = left;
    this.inHand.add(lane);
    let sent: Promise<void> = Promise.resolve();
    try {
      for (let after = 0, isAll = false; !isAll;) {
        await this.publisher.room();
        const rows = await this.lanes.unsent(lane, pageMax, after);
        isAll = rows.length < pageMax; // a lane that lives is never at its end
        const last = rows.at(-1);
        if (!last) break;
        after = last.seq;
        const page = this.publisher.deliver(lane, rows);
        sent = sent.then(() => page).then(() => this.lanes.acknowledge(lane, last.seq, 0));
      }
      void this.finish(left, sent);
    } catch (error) {
      sent.catch(() => {});
      this.inHand.delete(lane);
      throw error;
    }
  }

  /** What could not be noted is found again. */
  private async finish({ lane, instance }: LeftLane, sent: Promise<void>): Promise<void> {
    try {
      await sent;
      if (instance !== undefined) await this.lanes.remove(lane, instance === this.instance ? 'own' : 'another');
    } catch (error) {
      this.environment.log.warn(
        { lane, error: String(error) },
        'could not note what was sent of an outbox; sending it again',
      );
    }
    this.inHand.delete(lane);
  }
}

const nobodys: Seat = { leave: async () => {} };
