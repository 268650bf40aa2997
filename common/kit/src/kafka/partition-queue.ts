import type { PublishOutcome } from '../runtime';

/** What no partition of the topic will take from us. */
export const refusals: ReadonlySet<string> = new Set([
  'TOPIC_AUTHORIZATION_FAILED',
  'CLUSTER_AUTHORIZATION_FAILED',
  'INVALID_TOPIC_EXCEPTION',
  'POLICY_VIOLATION',
  'UNSUPPORTED_FOR_MESSAGE_FORMAT',
]);
/** What one record may be the reason of, or all of them together: they are asked about in halves. */
const refusalsOfRecords = new Set([
  'MESSAGE_TOO_LARGE',
  'RECORD_LIST_TOO_LARGE',
  'INVALID_RECORD',
  'INVALID_TIMESTAMP',
]);

/** A record of a partition. */
export interface Message {
  readonly key: Buffer;
  readonly value: Buffer;
  readonly headers: readonly (readonly [name: string, value: Buffer])[];
}

/** What goes to one partition, in order. A broker takes all of what it is sent for a partition, or nothing. */
export class PartitionQueue {
  private readonly records: { readonly index: number; readonly key: string; readonly message: Message }[] = [];
  /** How many of the first records are to be sent next. */
  private count = Infinity;
  isFailed = false;

  constructor(
    readonly topic: string,
    readonly number: number,
    readonly leader: number,
    /** By the index that a record was taken with. */
    private readonly status: PublishOutcome[],
  ) {}

  get isOpen(): boolean {
    return this.records.length > 0;
  }

  get messages(): readonly Message[] {
    return this.records.slice(0, this.count).map(({ message }) => message);
  }

  take(index: number, key: string, message: Message): void {
    this.records.push({ index, key, message });
  }

  acknowledged(): void {
    for (const { index } of this.records.splice(0, this.count)) this.status[index] = durable;
  }

  rejected({ type, message }: { readonly type: string; readonly message: string }): void {
    const reason = `${this.topic}: ${message} (${type})`;
    if (refusals.has(type)) this.all({ status: 'refused', reason });
    else if (!refusalsOfRecords.has(type)) this.failed(`${message} (${type})`, true);
    else if (Math.min(this.count, this.records.length) > 1)
      this.count = Math.ceil(Math.min(this.count, this.records.length) / 2);
    else this.firstIsRefused(reason);
  }

  /** `isAnswer`: the broker has said so. */
  failed(reason: string, isAnswer: boolean): void {
    this.isFailed = true;
    this.all({ status: 'failed', reason, where: `${this.topic}/${this.number}`, isAnswer });
  }

  /** Those of its key have to wait for it; the others go on. */
  private firstIsRefused(reason: string): void {
    const { index, key } = this.records.shift()!;
    this.status[index] = { status: 'refused', reason };
    const behind = this.records.filter((record) => record.key === key);
    const where = `${this.topic}/${this.number}`;
    for (const record of behind)
      this.status[record.index] = { status: 'failed', reason: 'behind one that was refused', where, isAnswer: true };
    this.records.splice(0, Infinity, ...this.records.filter((record) => record.key !== key));
    this.count = Infinity;
  }

  private all(status: PublishOutcome): void {
    for (const { index } of this.records.splice(0)) this.status[index] = status;
  }
}

const durable: PublishOutcome = { status: 'durable' };
