import { pause, type Environment } from './environment';
import type { Seat, Seats } from './store';

interface Seated {
  readonly name: string;
  readonly instance: string;
  readonly seats: Seats;
  readonly environment: Environment;
  fatal(error: Error): void;
}

const firstPatienceMs = 5_000;
const laterPatienceMs = 60_000;
const pollMs = 250;

/** A seat that is taken again when the connection it hangs on was lost. */
export interface KeptSeat extends Seat {
  readonly lost: boolean;
}

/** Rejects when another living process has this instance's name. A process that is just ending gets a moment to do so. */
export async function takeSeat(seated: Seated): Promise<KeptSeat> {
  const state = { lost: false, left: false, seat: undefined as Seat | undefined };
  const lost = () => {
    if (!state.left && !state.lost) void takeAgain();
  };
  const takeAgain = async () => {
    state.lost = true;
    seated.environment.log.warn({ instance: seated.instance }, 'the seat is lost with its connection; taking it again');
    try {
      state.seat = await takeWithin(seated, laterPatienceMs, lost);
      state.lost = false;
    } catch (error) {
      if (!state.left) seated.fatal(error as Error);
    }
  };
  state.seat = await takeWithin(seated, firstPatienceMs, lost);
  return {
    get lost() {
      return state.lost;
    },
    leave: async () => {
      state.left = true;
      await state.seat?.leave();
    },
  };
}

/** While the database does not answer, the time does not run. */
async function takeWithin(
  { name, instance, seats, environment }: Seated,
  patienceMs: number,
  lost: () => void,
): Promise<Seat> {
  let told = false;
  for (let waitedMs = 0; waitedMs <= patienceMs;) {
    try {
      const seat = await seats.take(instance, lost);
      if (seat) return seat;
      waitedMs += pollMs;
    } catch (error) {
      if (!told) environment.log.warn({ error: String(error) }, 'the database does not answer; waiting for it');
      told = true;
    }
    await pause(environment, pollMs);
  }
  throw new Error(`${name} "${instance}" is running already; give this one another name with INSTANCE`);
}
