import type { Bug } from '../bug';
import { offsetsAndInbox } from './offsets-and-inbox';
import { relay } from './relay';
import { sagas } from './sagas';
import { transactions } from './transactions';

/** All that there are. */
export const bugs: readonly Bug[] = [...offsetsAndInbox, ...relay, ...sagas, ...transactions];

/** Throws where none is called so. */
export function bugCalled(name: string): Bug {
  const bug = bugs.find((each) => each.name === name);
  if (!bug) throw new Error(`there is no bug called "${name}"; there are ${bugs.map((each) => each.name).join(', ')}`);
  return bug;
}
