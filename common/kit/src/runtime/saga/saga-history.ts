import type { DecodedMessage } from '../../codec';
import type { Message } from '../../contract';
import type { Correlation } from '../../ports';
import type { HandlerContext } from '../handling/handler-context';
import { historyIdOf, historyTable, newHistoryRow, noRefusal, type HistoryRow } from '../ports/saga-tables';

/** The history of one saga instance, as one try of one handler adds to it. `events` is how long it is by now. */
export class SagaHistory {
  constructor(
    private readonly context: HandlerContext,
    private readonly saga: Correlation,
    public events: number,
  ) {}

  /** Sends a command for the first time, and remembers that it has. */
  send(messageId: string, message: Message): void {
    const { topic, name: type } = message.contract;
    const { causationId } = this.context;
    this.context.send(messageId, this.saga, message);
    this.rows().add(this.fresh('sent', { topic, type, messageId, causationId, ...noRefusal, awaited: true }));
  }

  /** The command once more, under the same id, because of what caused it the first time. */
  async sendAgain(messageId: string, message: Message): Promise<void> {
    const known = await this.rows().get(this.idOf('sent', messageId));
    if (known) this.rows().put({ ...known, times: known.times + 1, lastAt: this.context.now() });
    this.context.send(messageId, this.saga, message, known?.causationId ?? messageId);
  }

  /** A reply or a refusal. What was not awaited may have come before; then it is counted. */
  async received(topic: string, { type, envelope }: DecodedMessage, awaited: boolean): Promise<void> {
    const { id: messageId, causationId } = envelope;
    const refusal = 'code' in envelope ? { code: envelope.code, errorMessage: envelope.errorMessage } : noRefusal;
    const known =
      awaited && !this.context.attempt.checksExisting
        ? undefined
        : await this.rows().get(this.idOf('received', messageId));
    if (known)
      this.rows().put({
        ...known,
        awaited: known.awaited || awaited,
        times: known.times + 1,
        lastAt: this.context.now(),
      });
    else this.rows().add(this.fresh('received', { topic, type, messageId, causationId, ...refusal, awaited }));
  }

  private fresh(direction: HistoryRow['direction'], what: Pick<HistoryRow, Described>): HistoryRow {
    return newHistoryRow(this.saga, ++this.events, { direction, ...what }, this.context.now());
  }

  private idOf(direction: HistoryRow['direction'], messageId: string): string {
    return historyIdOf(this.saga, direction, messageId);
  }

  private rows() {
    return this.context.attempt.rows(historyTable);
  }
}

type Described = 'topic' | 'type' | 'messageId' | 'causationId' | 'code' | 'errorMessage' | 'awaited';
