import type { DurableAction, Fate, Fates } from './durable-actions';
import { hashOf, randomFrom } from './random';

/** How much goes wrong between processes and their databases; rates are per durable action, at least 0 and at most 1. */
export interface FateRates {
  readonly dies: number;
  readonly loses: number;
  readonly conflicts: number;
  /** Answers that take long, reads included. */
  readonly slow: number;
  readonly slowMostMs: number;
}

/** Nothing goes wrong. */
export const noFates: FateRates = { dies: 0, loses: 0, conflicts: 0, slow: 0, slowMostMs: 0 };

/** Each kind is left out in half of all draws, so that the others are seen without it. */
export function drawFateRates(random: () => number): FateRates {
  const rate = (least: number, most: number) => (random() < 0.5 ? 0 : least * (most / least) ** random());
  return {
    dies: rate(0.0005, 0.02),
    loses: rate(0.001, 0.05),
    conflicts: rate(0.001, 0.1),
    slow: rate(0.001, 0.1),
    slowMostMs: 10 * 1_000 ** random(),
  };
}

/** An action that did not go well: which one it was, and what became of it. */
export interface Mishap {
  /** `<instance> <how many actions it had begun>`: the same for the same seed, whatever becomes of other processes. */
  readonly id: string;
  readonly fate: Fate;
  readonly what: string;
}

/** Draws what becomes of each action, from the seed, the instance and how many actions it had begun. */
export class DrawnFates implements Fates {
  rates: FateRates;
  readonly mishaps: Mishap[] = [];
  private readonly begun = new Map<string, number>();
  private readonly downUntilMs = new Map<string, number>();

  constructor(
    private readonly seed: number,
    rates: FateRates,
    private readonly nowMs: () => number,
    private readonly note: (what: string) => void,
    /** If given, what it does not name goes well. */
    private readonly only?: ReadonlySet<string>,
  ) {
    this.rates = rates;
  }

  of({ instance, what }: DurableAction): Fate {
    const number = (this.begun.get(instance) ?? 0) + 1;
    this.begun.set(instance, number);
    const id = `${instance} ${number}`;
    const fate = this.drawn(randomFrom(hashOf(this.seed, id)));
    if (fate === 'done' || (this.only && !this.only.has(id))) return 'done';
    this.mishaps.push({ id, fate, what });
    this.note(`${instance}: ${fate}: ${what}`);
    return fate;
  }

  answerMs(service: string): number {
    const { slow, slowMostMs } = this.rates;
    if (slow === 0) return 0;
    const number = (this.begun.get(service) ?? 0) + 1;
    this.begun.set(service, number);
    const random = randomFrom(hashOf(this.seed, `${service} ${number}`));
    return random() < slow ? random() * slowMostMs : 0;
  }

  /** A database that does not answer for so long. */
  takeDown(service: string, forMs: number): void {
    this.note(`the database of ${service} does not answer for ${Math.round(forMs)} ms`);
    this.downUntilMs.set(service, this.nowMs() + forMs);
  }

  isDown(service: string): boolean {
    return this.nowMs() < (this.downUntilMs.get(service) ?? 0);
  }

  private drawn(random: () => number): Fate {
    const { dies, loses, conflicts } = this.rates;
    const drawn = random();
    const half = random() < 0.5;
    if (drawn < dies) return half ? 'process dies before' : 'process dies after';
    if (drawn < dies + loses) return half ? 'connection lost before' : 'connection lost after';
    return drawn < dies + loses + conflicts ? 'conflict' : 'done';
  }
}
