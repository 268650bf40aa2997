import { datetime, key, table, text } from './table';

/** A topic of which no instance of this service handles anything, until an operator resumes it. */
export interface PausedTopicRow {
  readonly topic: string;
  readonly who: string;
  readonly reason: string;
  readonly at: Date;
}
/** Topics that operators have paused. */
export const pausedTopicTable = table<PausedTopicRow>('kit_paused_topics', {
  topic: key(249),
  who: text,
  reason: text,
  at: datetime,
});
