import type { History } from '../history';
import type { Checker, Expected, Violation } from './checker';
import { delayedEvents } from './delayed-events';
import { doneOrUndone } from './done-or-undone';
import { effectsWithCauses } from './effects-with-causes';
import { factsOf } from './facts';
import { fence } from './fence';
import { handledOnce } from './handled-once';
import { idsOfMessages } from './ids-of-messages';
import { keptRows } from './kept-rows';
import { nothingPending } from './nothing-pending';
import { orderOfKeys } from './order-of-keys';
import { outboxAndLog } from './outbox-and-log';
import { parkedAsExpected } from './parked-as-expected';
import { sagasEndOnce } from './sagas-end-once';
import { sameAnswer } from './same-answer';
import { streams } from './streams';
import { waits } from './waits';

export type { Checker, Expected, ExpectedParked, Violation } from './checker';

/** One for each promise that a history can show. */
export const checkers: readonly Checker[] = [
  sagasEndOnce,
  doneOrUndone,
  nothingPending,
  effectsWithCauses,
  outboxAndLog,
  orderOfKeys,
  handledOnce,
  parkedAsExpected,
  sameAnswer,
  fence,
  waits,
  idsOfMessages,
  delayedEvents,
  streams,
  keptRows,
];

/** Every promise that a history breaks; nothing is good. */
export function violationsOf(history: History, expected: Expected): readonly Violation[] {
  const facts = factsOf(history);
  return checkers.flatMap((checker) =>
    [...checker.faultsOf(facts, expected)].map((fault) => ({ checker: checker.name, ...fault })),
  );
}
