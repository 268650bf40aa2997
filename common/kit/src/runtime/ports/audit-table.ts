import { datetime, json, key, nullable, table, text } from './table';

/** Something that an operator has done. */
export interface AuditRow {
  /** Sorts by the time of its making; what the act has sent was caused by it. */
  readonly id: string;
  readonly at: Date;
  /** As they have named themselves: the token says only that they may. */
  readonly who: string;
  readonly verb: string;
  /** `saga <name>/<txId>`, `parked <id>`, `topic <name>`, or `what is kept`. */
  readonly subject: string;
  /** The process that it was done to; null when that is not known. */
  readonly txId: string | null;
  readonly reason: string;
  readonly before: Readonly<Record<string, string | number | null>>;
  /** Null when nothing is left of it. */
  readonly after: Readonly<Record<string, string | number | null>> | null;
}
/** What operators have done, each in the transaction of the act; a purge, which takes many, adds what has gone to its row. */
export const auditTable = table<AuditRow>('kit_audit', {
  id: key(36),
  at: datetime,
  who: text,
  verb: key(20),
  subject: key(500),
  txId: nullable(key(64)),
  reason: text,
  before: json,
  after: nullable(json),
});
