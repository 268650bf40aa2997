import type { Decoded } from '../codec';
import type { Message } from '../contract';
import type { Desk } from './engine';
import { journalTable, type JournalRow } from './kit-tables';

/** The story of one saga instance, as one try of one handler adds to it. `events` is how long it is by now. */
export class Journal {
  constructor(
    private readonly desk: Desk,
    private readonly sagaId: string,
    public events: number,
  ) {}

  /** The first time that a command is asked. */
  sent(messageId: string, { contract }: Message, causationId: string): void {
    const line = { topic: contract.topic, type: contract.name, messageId, causationId, ...noRefusal, awaited: true };
    this.rows().add(this.fresh('sent', line));
  }

  /** The command once more, under the same id. Resolves with what caused it the first time. */
  async sentAgain(messageId: string): Promise<string> {
    const known = await this.rows().get(this.idOf('sent', messageId));
    if (known) this.rows().put({ ...known, times: known.times + 1, lastAt: this.desk.now() });
    return known?.causationId ?? messageId;
  }

  /** A reply or a refusal. What was not awaited may have come before; then it is counted. */
  async received(topic: string, { type, envelope }: Decoded, awaited: boolean): Promise<void> {
    const { id: messageId, causationId } = envelope;
    const refusal = 'code' in envelope ? { code: envelope.code, errorMessage: envelope.errorMessage } : noRefusal;
    const known =
      awaited && !this.desk.scope.careful ? undefined : await this.rows().get(this.idOf('received', messageId));
    if (known)
      this.rows().put({ ...known, awaited: known.awaited || awaited, times: known.times + 1, lastAt: this.desk.now() });
    else this.rows().add(this.fresh('received', { topic, type, messageId, causationId, ...refusal, awaited }));
  }

  private fresh(direction: JournalRow['direction'], line: Pick<JournalRow, LineField>): JournalRow {
    const at = this.desk.now();
    return {
      id: this.idOf(direction, line.messageId),
      number: ++this.events,
      direction,
      ...line,
      times: 1,
      at,
      lastAt: at,
    };
  }

  /** Begins with the saga's id, so that its story is one range of the primary key. */
  private idOf(direction: JournalRow['direction'], messageId: string): string {
    const prefix = `${this.sagaId}/`;
    const rest = messageId.startsWith(prefix) ? messageId.slice(prefix.length) : `/${messageId}`;
    return `${prefix}${direction}/${rest}`;
  }

  private rows() {
    return this.desk.scope.rows(journalTable);
  }
}

type LineField = 'topic' | 'type' | 'messageId' | 'causationId' | 'code' | 'errorMessage' | 'awaited';
const noRefusal = { code: null, errorMessage: null } as const;
