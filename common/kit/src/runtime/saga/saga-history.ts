import type { DecodedMessage } from '../../codec';
import type { Message } from '../../contract';
import type { Correlation } from '../../ports';
import type { HandlerContext } from '../handling/handler-context';
import { historyTable, type HistoryRow } from '../ports/kit-tables';

/** The history of one saga instance, as one try of one handler adds to it. `events` is how long it is by now. */
export class SagaHistory {
  constructor(
    private readonly context: HandlerContext,
    private readonly sagaId: string,
    public events: number,
  ) {}

  /** Sends a command for the first time, and remembers that it has. */
  send(messageId: string, correlation: Correlation, message: Message): void {
    const { topic, name: type } = message.contract;
    const { causationId } = this.context;
    this.context.send(messageId, correlation, message);
    this.rows().add(this.fresh('sent', { topic, type, messageId, causationId, ...noRefusal, awaited: true }));
  }

  /** The command once more, under the same id, because of what caused it the first time. */
  async sendAgain(messageId: string, correlation: Correlation, message: Message): Promise<void> {
    const known = await this.rows().get(this.idOf('sent', messageId));
    if (known) this.rows().put({ ...known, times: known.times + 1, lastAt: this.context.now() });
    this.context.send(messageId, correlation, message, known?.causationId ?? messageId);
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
    const at = this.context.now();
    return {
      id: this.idOf(direction, what.messageId),
      number: ++this.events,
      direction,
      ...what,
      times: 1,
      at,
      lastAt: at,
    };
  }

  /** Begins with the saga's id, so that its history is one range of the primary key. */
  private idOf(direction: HistoryRow['direction'], messageId: string): string {
    const prefix = `${this.sagaId}/`;
    const rest = messageId.startsWith(prefix) ? messageId.slice(prefix.length) : `/${messageId}`;
    return `${prefix}${direction}/${rest}`;
  }

  private rows() {
    return this.context.attempt.rows(historyTable);
  }
}

type Described = 'topic' | 'type' | 'messageId' | 'causationId' | 'code' | 'errorMessage' | 'awaited';
const noRefusal = { code: null, errorMessage: null } as const;
