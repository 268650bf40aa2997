import type {
  Broker,
  EventStore,
  OutboxStore,
  RefusedRecordStore,
  RetentionStore,
  SagaStore,
  Session,
  Subscription,
} from '../runtime';

/** `at once`: it asks nobody anything. */
export type Kind = 'reads' | 'writes' | 'at once';
/** Which methods of a port leave something behind. The compiler names one that is not in the list. */
export type Methods<T> = {
  readonly [Name in keyof T as T[Name] extends (...args: never[]) => unknown ? Name : never]-?: Kind;
};

export const outbox: Methods<OutboxStore> = {
  all: 'reads',
  unsent: 'reads',
  acknowledge: 'writes',
  forgetCommits: 'writes',
  remove: 'writes',
  delayedDue: 'reads',
  delayedCount: 'reads',
};
export const refused: Methods<RefusedRecordStore> = {
  add: 'writes',
  orderingKeys: 'reads',
  due: 'reads',
  of: 'reads',
  postpone: 'writes',
  remove: 'writes',
  count: 'reads',
};
export const sagaStore: Methods<SagaStore> = {
  due: 'reads',
  open: 'reads',
  standing: 'reads',
  definitions: 'reads',
  keepDefinition: 'writes',
  history: 'reads',
  messages: 'reads',
  list: 'reads',
  parked: 'reads',
  audit: 'reads',
  acts: 'reads',
  parkedCount: 'reads',
  releasedKeys: 'reads',
  parkedIn: 'reads',
  pausedTopics: 'reads',
  timers: 'reads',
  oldest: 'reads',
  pace: 'reads',
  pausedCount: 'reads',
  needsOperatorCount: 'reads',
};
export const events: Methods<EventStore> = { of: 'reads', behind: 'reads', ids: 'reads' };
export const retention: Methods<RetentionStore> = {
  inbox: 'writes',
  history: 'writes',
  parked: 'writes',
  sagas: 'writes',
  purges: 'reads',
  oldest: 'reads',
  count: 'reads',
  countOld: 'reads',
};
export const session: Methods<Session> = {
  load: 'reads',
  commit: 'writes',
  rollback: 'at once',
  wasCommitted: 'writes',
  close: 'at once',
};
export const broker: Methods<Required<Omit<Broker, 'close'>>> = {
  publish: 'writes',
  subscribe: 'writes',
  ends: 'reads',
  committed: 'reads',
  readers: 'reads',
  endsAt: 'reads',
  retention: 'reads',
};
export const subscription: Methods<Subscription> = {
  commit: 'writes',
  pause: 'at once',
  resume: 'at once',
  close: 'at once',
};
