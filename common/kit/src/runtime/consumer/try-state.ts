/** What this process knows of the tries of a message. */
export interface TryState {
  /** The next try is counted in the database already. */
  readonly isCounted: boolean;
  /** It was tried here, and this process lives: no try of an earlier life is to blame any more. */
  readonly wasTriedHere: boolean;
  /** It shares its transaction with nobody, from now on. */
  readonly isAlone: boolean;
}

/** What a message waits for. */
export type Wait = 'another try' | 'counted try' | 'alone' | 'barred' | 'a place';

/** What the database and the start of this process say about a message. */
export interface Circumstances {
  /** It is the head of its ordering key: it was tried before, perhaps in another life. */
  readonly isHead: boolean;
  /** Its tries that were counted. */
  readonly countedTries: number;
  /** The last life of this instance ended in the middle of something, perhaps because of one of the next messages. */
  readonly afterUncleanShutdown: boolean;
}

/** What is done with a message next: `count` its try first, so that one that kills its process is counted too. */
export type Plan = 'handle' | 'count' | 'count as suspected' | 'go alone';

/** Nothing is known of it that would stand in its way. */
export const isUntroubled = (
  { isCounted, wasTriedHere, isAlone }: TryState,
  { afterUncleanShutdown }: Pick<Circumstances, 'afterUncleanShutdown'>,
): boolean => !isCounted && !wasTriedHere && !isAlone && !afterUncleanShutdown;

export const untried: TryState = { isCounted: false, wasTriedHere: false, isAlone: false };

export const afterWaitingFor = (wait: Wait, { wasTriedHere, isAlone }: TryState): TryState => ({
  isCounted: wait === 'counted try',
  wasTriedHere: wasTriedHere || (wait !== 'counted try' && wait !== 'alone'),
  isAlone: isAlone || wait === 'alone' || wait === 'barred',
});

/**
 * A message that was counted before its process died is suspected of having killed it; it is charged only when it is
 * tried alone.
 */
export function planOf(state: TryState, { isHead, countedTries, afterUncleanShutdown }: Circumstances): Plan {
  if (state.isCounted || !(isHead || afterUncleanShutdown)) return 'handle';
  const isSuspected = countedTries > 0 && afterUncleanShutdown && !state.wasTriedHere;
  if (!isSuspected) return 'count';
  return state.isAlone ? 'count as suspected' : 'go alone';
}
