import { setTimeout } from 'node:timers/promises';
import { asked } from '../asked';
import { plan, settled } from '../orders';
import { randomFrom } from '../random';

/** How long orders took: until they were answered, and until they had ended; in milliseconds. */
export interface Latency {
  readonly orders: number;
  readonly answeredP50Ms: number;
  readonly answeredP99Ms: number;
  readonly endedP50Ms: number;
  readonly endedP99Ms: number;
}

interface Placed {
  readonly orderId: string;
  readonly phase: string;
  readonly answeredMs: number;
}

const waitingMax = 500;

/** Places so many orders a second, whatever becomes of them, each in the phase that it is then. */
export class OrderLoad {
  phase: string | undefined;
  readonly faults: string[] = [];
  private readonly placed: Placed[] = [];
  private readonly ended = new AbortController();
  private readonly running: Promise<void>;
  private waiting = 0;

  constructor(
    private readonly url: string,
    private readonly perSecond: number,
  ) {
    this.running = this.run();
  }

  /** Resolves with how long they took in each phase, once all have ended. */
  async end(): Promise<Readonly<Record<string, Latency>>> {
    this.ended.abort();
    await this.running;
    while (this.waiting > 0) await setTimeout(10);
    await settled(this.url);
    const phases = new Map<string, { answered: number[]; ended: number[] }>();
    for (const { orderId, phase, answeredMs } of this.placed) {
      const { body } = await asked(() => this.url, { method: 'GET', path: `/orders/${orderId}`, wanted: [200] });
      if (body.status === 'PENDING') this.faults.push(`order ${orderId} has not ended`);
      const { answered, ended } = phases.get(phase) ?? { answered: [], ended: [] };
      phases.set(phase, { answered, ended });
      answered.push(answeredMs);
      ended.push(Date.parse(body.updatedAt) - Date.parse(body.createdAt));
    }
    return Object.fromEntries([...phases].map(([phase, { answered, ended }]) => [phase, latencyOf(answered, ended)]));
  }

  private async run(): Promise<void> {
    const random = randomFrom(1);
    const beganMs = performance.now();
    for (let count = 0; !this.ended.signal.aborted; count++) {
      const [order] = plan(1, random, `load-${count}`);
      const dueMs = beganMs + (count / this.perSecond) * 1_000;
      await setTimeout(Math.max(0, dueMs - performance.now()));
      if (this.waiting < waitingMax) void this.place(order!.key, order!.body);
      else this.faults.push(`${waitingMax} orders wait to be answered`);
    }
  }

  private async place(key: string, body: object): Promise<void> {
    const { phase } = this;
    const sentMs = performance.now();
    this.waiting++;
    const call = { method: 'POST', path: '/orders', headers: { 'Idempotency-Key': key }, body, wanted: [201] };
    try {
      const { orderId } = (await asked(() => this.url, call)).body;
      if (phase) this.placed.push({ orderId, phase, answeredMs: performance.now() - sentMs });
    } catch (error) {
      this.faults.push((error as Error).message);
    }
    this.waiting--;
  }
}

const latencyOf = (answered: number[], ended: number[]): Latency => ({
  orders: answered.length,
  answeredP50Ms: percentile(answered, 50),
  answeredP99Ms: percentile(answered, 99),
  endedP50Ms: percentile(ended, 50),
  endedP99Ms: percentile(ended, 99),
});

function percentile(values: number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const value = sorted[Math.min(sorted.length - 1, Math.ceil((sorted.length * percent) / 100) - 1)] ?? 0;
  return Math.round(value * 10) / 10;
}
