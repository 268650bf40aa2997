import type { DecodedMessage } from '../../codec';
import type { Message } from '../../contract';
import type { Correlation } from '../../ports';
import type { HandlerContext } from '../handling/handler-context';
import {
  historyIn,
  lastSentIn,
  lineOf,
  withLine,
  type HistoryLine,
  type KeptHistory,
} from '../ports/saga-history-text';
import {
  historyIdOf,
  historyTable,
  newHistoryRow,
  noRefusal,
  txIdOf,
  type HistoryRow,
  type SagaRow,
} from '../ports/saga-tables';

/**
 * The history of one saga instance, as one try of one handler adds to it. What takes the saga further is in the saga's own row,
 * which is written at each step anyway; what changes nothing has rows of its own, however much of it comes.
 */
export class SagaHistory {
  private readonly correlation: Correlation;
  /** The id of the message that was added last; where it is not known, what follows from it says so itself. */
  private last: string | undefined;

  constructor(
    private readonly context: HandlerContext,
    private row: KeptHistory & Pick<SagaRow, 'events'>,
  ) {
    this.correlation = { target: row.saga, txId: txIdOf(row) };
  }

  /** For the saga's row. */
  get kept(): Pick<SagaRow, 'events' | 'history'> {
    const { events, history } = this.row;
    return { events, history };
  }

  /** Sends a command for the first time, and remembers that it has. */
  send(messageId: string, message: Message): void {
    const { topic, name: type } = message.contract;
    const { causationId } = this.context;
    this.context.send(messageId, this.correlation, message);
    this.append({ direction: 'sent', topic, type, messageId, causationId, code: null });
  }

  /** The command once more, under the same id, because of what caused it the first time. */
  async sendAgain(messageId: string, message: Message): Promise<void> {
    const known = await this.count('sent', messageId);
    this.context.send(messageId, this.correlation, message, known?.causationId ?? messageId);
  }

  /** A reply or a refusal. What was not awaited may have come before; then it is counted. */
  async received(topic: string, { type, envelope }: DecodedMessage, awaited: boolean): Promise<void> {
    const { id: messageId, causationId } = envelope;
    const refusal = 'code' in envelope ? { code: envelope.code, errorMessage: envelope.errorMessage } : noRefusal;
    const received = { direction: 'received', topic, type, messageId, causationId } as const;
    if (awaited) return this.append({ ...received, code: refusal.code });
    if (await this.count('received', messageId)) return;
    const what = { ...received, ...refusal, awaited };
    this.rows().add(newHistoryRow(this.correlation, this.nextNumber(), what, this.context.now()));
  }

  /** Without a look at what is there. */
  private append(what: Omit<HistoryLine, 'number' | 'times' | 'at' | 'lastAt'>): void {
    const now = this.context.now();
    const line = { ...what, number: this.nextNumber(), times: 1, at: now, lastAt: now };
    const text = lineOf(this.row, line, this.last ?? lastSentIn(this.row));
    this.row = { ...this.row, history: (this.row.history ?? '') + text };
    this.last = what.messageId;
  }

  /** `undefined` for what has not been sent or received before. */
  private async count(direction: HistoryRow['direction'], messageId: string): Promise<HistoryRow | undefined> {
    const once = (known: HistoryRow) => ({ ...known, times: known.times + 1, lastAt: this.context.now() });
    const lines = historyIn(this.row);
    const index = lines.findIndex((line) => line.direction === direction && line.messageId === messageId);
    const line = lines[index];
    if (line) this.row = { ...this.row, history: withLine(this.row, lines, index, once(line)) };
    if (line) return line;
    const known = await this.rows().get(historyIdOf(this.correlation, direction, messageId));
    if (known) this.rows().put(once(known));
    return known;
  }

  private nextNumber(): number {
    this.row = { ...this.row, events: this.row.events + 1 };
    return this.row.events;
  }

  private rows() {
    return this.context.attempt.rows(historyTable);
  }
}
