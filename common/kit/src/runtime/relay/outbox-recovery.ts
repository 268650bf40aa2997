import type { Environment } from '../ports/environment';
import type { Publisher } from './publisher';
import type { OutboxStore, OutboxProducer, InstanceLock, InstanceLocks } from '../ports/store';

const pageMax = 1_000;

/**
 * Sends what instances have committed and did not live to send, producer by producer and in sequence; only for whoever holds their
 * instance lock. What is in producers that were forgotten is sent as well, by anybody: perhaps their instance lives and
 * sends it too.
 * That does no harm: everybody sends a producer in sequence, so what comes for the first time comes in order, and what comes
 * again is known to its receiver. Nobody waits for what the broker does not take at the moment: it is sent before anything
 * newer of its topic and key.
 */
export class OutboxRecovery {
  /** Producers that are being sent, or written to by this process. */
  private readonly inHand = new Set<number>();

  constructor(
    private readonly instance: string,
    private readonly outbox: OutboxStore,
    private readonly instanceLocks: InstanceLocks,
    private readonly publisher: Publisher,
    private readonly environment: Environment,
  ) {}

  /** This process writes to it. */
  exclude(producer: number): void {
    this.inHand.add(producer);
  }

  /** What the last life of this instance has left, before it sends anything new. Resolves with the number of its producers. */
  async recoverOwn(): Promise<number> {
    const left = (await this.outbox.all()).filter(
      ({ instance }) => instance === this.instance || instance === undefined,
    );
    for (const producer of left) await this.take(producer);
    return left.length;
  }

  /** What all others have left that nobody is any more. */
  async recoverAbandoned(): Promise<void> {
    const left = (await this.outbox.all()).filter(({ producer }) => !this.inHand.has(producer));
    for (const instance of new Set(left.map((each) => each.instance))) {
      const isFree = instance === undefined || instance === this.instance;
      const instanceLock = isFree ? abandoned : await this.instanceLocks.take(instance, () => {});
      if (!instanceLock) continue;
      try {
        for (const producer of left.filter((one) => one.instance === instance)) await this.take(producer);
      } finally {
        await instanceLock.leave();
      }
    }
  }

  /** Resolves when all of it is in the publisher's hands, in front of whatever comes later. */
  private async take(left: OutboxProducer): Promise<void> {
    const { producer } = left;
    this.inHand.add(producer);
    let sent: Promise<void> = Promise.resolve();
    try {
      for (let after = 0, isAll = false; !isAll;) {
        await this.publisher.room();
        const rows = await this.outbox.unsent(producer, pageMax, after);
        isAll = rows.length < pageMax; // a producer that lives is never at its end
        const last = rows.at(-1);
        if (!last) break;
        after = last.seq;
        const page = this.publisher.deliver(producer, rows);
        sent = sent.then(() => page).then(() => this.outbox.acknowledge(producer, last.seq));
      }
      void this.finish(left, sent);
    } catch (error) {
      sent.catch(() => {});
      this.inHand.delete(producer);
      throw error;
    }
  }

  /** What could not be noted is found again. */
  private async finish({ producer, instance }: OutboxProducer, sent: Promise<void>): Promise<void> {
    try {
      await sent;
      if (instance !== undefined) await this.outbox.remove(producer, instance === this.instance ? 'own' : 'another');
    } catch (error) {
      this.environment.log.warn(
        { producer, error: String(error) },
        'could not note what was sent of an outbox; sending it again',
      );
    }
    this.inHand.delete(producer);
  }
}

const abandoned: InstanceLock = { leave: async () => {} };
