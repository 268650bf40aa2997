import type { Subscription, Trouble } from './broker';
import type { Lane } from './lane';
import { parkedMax } from './parking';
import type { Publisher } from './publisher';
import type { Pump } from './pump';
import type { KeptSeat } from './seat-keeping';
import type { SetAside } from './set-aside';

/**
 * Whether a service does what it is there for. `reasons`: why it does not; and what is the matter with some topic or some
 * messages while it does the rest.
 */
export interface Health {
  readonly ready: boolean;
  readonly reasons: readonly string[];
}

/** What was away for us was away for others as well: so long they have to come back and answer, before silence counts. */
export const graceMs = 10_000;

/** What the state of a service is read from. */
interface Watched {
  readonly seat: KeptSeat;
  readonly lanes: readonly Lane[];
  readonly publisher: Publisher;
  readonly aside: SetAside;
  readonly pump: Pump;
  readonly subscription: () => Subscription | undefined;
}

export class Watch {
  constructor(private readonly it: Watched) {}

  health(): Health {
    const { fullLines, mayPark } = this.it.pump;
    const reasons = [
      ...this.outages(),
      ...(fullLines > 0
        ? [`${fullLines === 1 ? '1 line has' : `${fullLines} lines have`} ${full(parkedMax.line)}`]
        : []),
      ...(mayPark ? [] : [`the service has ${full(parkedMax.service)}`]),
    ];
    return { ready: reasons.length === 0, reasons: [...reasons, ...this.troubles().map(textOf)] };
  }

  /** Why nothing can be done, each with what was said. */
  outages(): string[] {
    const { seat, lanes, publisher, pump } = this.it;
    const subscription = this.it.subscription();
    const database = lanes.find(({ outage }) => outage !== undefined)?.outage;
    const broker = publisher.outage ?? (subscription ? subscription.outage : 'not joined yet');
    const registry = pump.outage;
    return [
      ...(seat.lost ? ['its seat is lost'] : []),
      ...(database === undefined ? [] : [`the database does not answer: ${database}`]),
      ...(broker === undefined ? [] : [`the broker does not answer: ${broker}`]),
      ...(registry === undefined ? [] : [`the schema registry does not answer: ${registry}`]),
    ];
  }

  /** What cannot be read or sent while the rest can. */
  private troubles(): readonly Trouble[] {
    return [...this.ofTopics(), ...this.it.aside.troubles];
  }

  /** Of these, what is the matter with whole topics or partitions of them. */
  ofTopics(): readonly Trouble[] {
    return [...(this.it.subscription()?.troubles ?? []), ...this.it.publisher.troubles];
  }
}

/** Topics that cannot be read or sent to while others can, and those that can again, but not for long enough to be answered. */
export class UnreachableTopics {
  private readonly untilMs = new Map<string, number>();

  constructor(
    private readonly troubles: () => readonly Trouble[],
    private readonly nowMs: () => number,
  ) {}

  /** To be called from time to time. */
  look(): void {
    for (const { topic } of this.troubles()) this.untilMs.set(topic, this.nowMs() + graceMs);
  }

  has(topic: string): boolean {
    this.look();
    return (this.untilMs.get(topic) ?? 0) > this.nowMs();
  }
}

const textOf = ({ topic, partition, reason }: Trouble): string =>
  `${topic}${partition === undefined ? '' : `/${partition}`}: ${reason}`;
const full = (max: number): string => `${max} parked messages, and no more may be: replay or drop some`;
