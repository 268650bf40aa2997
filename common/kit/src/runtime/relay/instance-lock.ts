import { pause, type Environment } from '../ports/environment';
import type { InstanceLock, InstanceLocks } from '../ports/store';

interface InstanceLockRequest {
  readonly name: string;
  readonly instance: string;
  readonly instanceLocks: InstanceLocks;
  readonly environment: Environment;
  fatal(error: Error): void;
}

const firstPatienceMs = 5_000;
const laterPatienceMs = 60_000;
const pollMs = 250;

/** An instance lock that is taken again when the connection it hangs on was lost. */
export interface HeldInstanceLock extends InstanceLock {
  readonly lost: boolean;
}

/** Rejects when another living process has this instance's name. A process that is just ending gets a moment to do so. */
export async function acquireInstanceLock(seated: InstanceLockRequest): Promise<HeldInstanceLock> {
  const state = { lost: false, left: false, instanceLock: undefined as InstanceLock | undefined };
  const lost = () => {
    if (!state.left && !state.lost) void takeAgain();
  };
  const takeAgain = async () => {
    state.lost = true;
    seated.environment.log.warn(
      { instance: seated.instance },
      'the instance lock is lost with its connection; taking it again',
    );
    try {
      state.instanceLock = await takeWithin(seated, laterPatienceMs, lost);
      state.lost = false;
    } catch (error) {
      if (!state.left) seated.fatal(error as Error);
    }
  };
  state.instanceLock = await takeWithin(seated, firstPatienceMs, lost);
  return {
    get lost() {
      return state.lost;
    },
    leave: async () => {
      state.left = true;
      await state.instanceLock?.leave();
    },
  };
}

/** While the database does not answer, the time does not run. */
async function takeWithin(
  { name, instance, instanceLocks, environment }: InstanceLockRequest,
  patienceMs: number,
  lost: () => void,
): Promise<InstanceLock> {
  let logged = false;
  for (let waitedMs = 0; waitedMs <= patienceMs;) {
    try {
      const instanceLock = await instanceLocks.take(instance, lost);
      if (instanceLock) return instanceLock;
      waitedMs += pollMs;
    } catch (error) {
      if (!logged) environment.log.warn({ error: String(error) }, 'the database does not answer; waiting for it');
      logged = true;
    }
    await pause(environment, pollMs);
  }
  throw new Error(`${name} "${instance}" is running already; give this one another name with INSTANCE`);
}
