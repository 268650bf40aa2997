/** Everything that was seen of a system, and what was left in the end: plain data, for pure functions to judge. */
export interface History {
  /** In the order in which they happened, over all services. One whose answer was lost is here if it happened. */
  readonly commits: readonly CommitSeen[];
  /** In the order in which they came to the log. */
  readonly records: readonly RecordSeen[];
  readonly services: readonly ServiceSeen[];
}

/** A transaction that a service has committed. */
export interface CommitSeen {
  readonly service: string;
  readonly instance: string;
  /** Of its outbox. */
  readonly producer: number;
  /** Which of the connections of its process it was made on: that for messages, for calls, for projections. */
  readonly lane: number;
  readonly rows: readonly RowSeen[];
  /** What it has put into the outbox, in sequence. */
  readonly sent: readonly SentSeen[];
}

/** A row that was written, as its table has it. */
export interface RowSeen {
  readonly table: string;
  readonly write: 'insert' | 'upsert' | 'delete';
  readonly id: string | number;
  /** `undefined` where it was deleted. */
  readonly item: Readonly<Record<string, unknown>> | undefined;
}

/** A row of the outbox. */
export interface SentSeen {
  readonly seq: number;
  readonly topic: string;
  readonly key: string;
  /** `undefined` for what cannot be read. */
  readonly message: MessageSeen | undefined;
  /** Of its value: SHA-256 as hexadecimal text, or whatever else is the same for the same bytes only. */
  readonly digest: string;
}

/** A record of the log. */
export interface RecordSeen {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly key: string | undefined;
  readonly message: MessageSeen | undefined;
  /** Of its value, as `SentSeen` has it. */
  readonly digest: string;
  /** When it came there, in milliseconds since 1970, by the clock that delayed events wait by. */
  readonly atMs: number;
  /** It was put there by the simulation, and not by a service. */
  readonly injected: boolean;
}

/** What an envelope says. */
export interface MessageSeen {
  /** The name of its contract; of a refusal, that of the command that is refused is not known: `ErrorEventMessage`. */
  readonly type: string;
  readonly id: string;
  readonly causationId: string;
  readonly target: string;
  readonly txId: string;
  /** Of a refusal. */
  readonly code: string | undefined;
}

/** A service, and what its database has in the end. */
export interface ServiceSeen {
  readonly name: string;
  readonly topics: readonly string[];
  readonly sagas: readonly SagaSeen[];
  /** Rows by the names of their tables, columns by theirs (`snake_case`). */
  readonly tables: Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>;
}

/** The definition of a saga that a service manages. */
export interface SagaSeen {
  readonly name: string;
  readonly steps: readonly StepSeen[];
}
/** Commands by their names. */
export interface StepSeen {
  readonly kind: 'compensatable' | 'pivot' | 'retriable';
  readonly command: string;
  /** `undefined`: there is nothing to undo. */
  readonly undo: string | undefined;
}
