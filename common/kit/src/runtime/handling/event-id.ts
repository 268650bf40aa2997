import { createHash } from 'node:crypto';

/** What an event comes from: the service, and what that was doing when it sent it. */
export interface Origin {
  readonly service: string;
  /** A message that was received (or a call), or one whose answer did not come: the same id may be both to a service. */
  readonly cause: 'message' | 'timeout';
  readonly causationId: string;
  /** Which of the events that are sent at once. */
  readonly place: string;
}

/** 132 bits: nobody meets two of them that are the same. */
const hashChars = 22;

/**
 * The id of an event: another one for each origin, the same one when a try is repeated, and short however long the chain of
 * causes before it is. The name in front is for people.
 */
export function eventIdOf(name: string, { service, cause, causationId, place }: Origin): string {
  const origin = JSON.stringify([service, cause, causationId, place]);
  return `${name}/${createHash('sha256').update(origin).digest('base64url').slice(0, hashChars)}`;
}
