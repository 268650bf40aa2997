import { setTimeout } from 'node:timers/promises';
import { mysqlRows } from '../books';

/** How far orders were at a moment. */
export interface Sample {
  /** After the first order. */
  readonly atMs: number;
  /** Orders so far; undefined while the database does not answer. */
  readonly ended: number | undefined;
  /** Since when the oldest one is open that is; undefined while the database does not answer. */
  readonly oldestMs: number | undefined;
}

const lookEveryMs = 500;
const ofOrders = "from kit_sagas where saga = 'ORDER_CREATION' and status";
const open = "in ('running', 'compensating')";

/** Looks at orders until it is told to stop, by a clock of its own: those of services may be set. */
export class Watch {
  readonly samples: Sample[] = [];
  private readonly openSinceMs = new Map<string, number>();
  private readonly over = new AbortController();
  private readonly looking: Promise<void>;

  constructor(
    private readonly url: string,
    private readonly database: string,
    private readonly beganAt: number,
  ) {
    this.looking = this.look();
  }

  /** Orders that were open when that was last known. */
  get open(): number {
    return this.openSinceMs.size;
  }

  async end(): Promise<void> {
    this.over.abort();
    await this.looking;
  }

  private async look(): Promise<void> {
    while (!this.over.signal.aborted) {
      const sample = await this.sample().catch(() => ({ ended: undefined, oldestMs: undefined }));
      this.samples.push({ atMs: this.passedMs(), ...sample });
      await setTimeout(lookEveryMs, undefined, { signal: this.over.signal }).catch(() => {});
    }
  }

  private async sample(): Promise<Omit<Sample, 'atMs'>> {
    const rows = <Row>(sql: string) => mysqlRows<Row>(this.url, this.database, sql);
    const [count] = await rows<{ ended: number }>(`select count(*) as ended ${ofOrders} not ${open}`);
    const ids = (await rows<{ id: string }>(`select id ${ofOrders} ${open}`)).map(({ id }) => id);
    const nowMs = this.passedMs();
    const since = new Map(ids.map((id) => [id, this.openSinceMs.get(id) ?? nowMs]));
    this.openSinceMs.clear();
    for (const [id, ms] of since) this.openSinceMs.set(id, ms);
    return { ended: count!.ended, oldestMs: nowMs - Math.min(nowMs, ...since.values()) };
  }

  private passedMs(): number {
    return Math.round(performance.now() - this.beganAt);
  }
}
