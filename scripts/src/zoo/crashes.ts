import { crashRun, oneOf, randomFrom, wholeBelow, type Crash } from 'saga-kit/testing';
import { endings } from '../simulation/endings';

/** Within so many durable actions after a death, those that have died come back. */
const recoveryActions = 20;

interface Violated {
  readonly checker: string;
  readonly message: string;
}

/** A seed of the crash matrix: each ending without a death, and then with two, which are drawn. Resolves with the first that is broken. */
export async function crashed(seed: number): Promise<readonly Violated[]> {
  const random = randomFrom(seed);
  for (const ending of endings) {
    const options = { seed, instances: 1 };
    const { actions, violations } = await crashRun(ending, [], options);
    if (violations.length > 0) return violations;
    const dies = (boundaries: number): Crash => ({ boundary: wholeBelow(random, boundaries), all: random() < 0.5 });
    const first = dies(actions.length + 1);
    const second = dies(oneOf(random, [recoveryActions, actions.length]));
    const died = await crashRun(ending, [first, { ...second, boundary: second.boundary + 1 }], options);
    if (died.violations.length > 0) return died.violations;
  }
  return [];
}
