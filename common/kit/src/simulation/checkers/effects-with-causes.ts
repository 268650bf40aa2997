import {
  auditTable,
  delayedEventTable,
  eventTable,
  inboxTable,
  sagaTable,
  type DelayedEventRow,
  type EventRow,
  type HistoryRow,
  type InboxRow,
  type SagaRow,
} from '../../runtime';
import type { CommitSeen } from '../history';
import type { Checker, Fault } from './checker';
import { commandIdIn, inboxKeyOf, isAnswer, listed, sagaIdOf, type Facts, type Sending, type Written } from './facts';

/**
 * What follows from a message is committed with the row that says that the message was handled, and the row with what
 * follows. What follows from a call has a cause that is no message, and needs none.
 */
export const effectsWithCauses: Checker = {
  name: 'effects are committed with their causes',
  *faultsOf(facts) {
    const so: SoFar = { inbox: new Set(), commands: new Set() };
    const sendings = new Map<number, Sending[]>();
    for (const sending of facts.sendings) listed(sendings, sending.at).push(sending);
    const noted = new Map<number, Written<HistoryRow>[]>();
    for (const write of facts.noted) listed(noted, write.at).push(write);
    for (const [at, commit] of facts.commits.entries()) {
      const judged = new JudgedCommit(facts, commit, sendings.get(at) ?? [], noted.get(at) ?? [], so);
      if (!judged.isReplay) yield* judged.faults();
      judged.remember();
    }
  },
};

/** What was committed before, by service: rows of the inbox, and commands of sagas. */
interface SoFar {
  readonly inbox: Set<string>;
  readonly commands: Set<string>;
}

class JudgedCommit {
  private readonly inbox = new Map<string, InboxRow>();
  /** Answers that sagas have received, awaited or not. */
  private readonly received = new Map<string, HistoryRow>();
  private readonly noted = new Map<string, { readonly row: HistoryRow; readonly isNew: boolean }>();
  private readonly sagas = new Map<string, SagaRow>();
  private readonly left = new Set<string>();
  private readonly causes: { readonly what: string; readonly causationId: string; readonly txId?: string }[] = [];
  /** An operator has put a parked message on its topic again. */
  isReplay = false;

  constructor(
    private readonly facts: Facts,
    private readonly commit: CommitSeen,
    private readonly sendings: readonly Sending[],
    noted: readonly Written<HistoryRow>[],
    private readonly before: SoFar,
  ) {
    for (const row of commit.rows) this.sort(row);
    for (const { item, write } of noted) if (item) this.sortHistory(item, write === 'insert');
  }

  remember(): void {
    const { service } = this.commit;
    for (const id of this.inbox.keys()) this.before.inbox.add(`${service} ${id}`);
    for (const [id, { row }] of this.noted) if (row.number > 0) this.before.commands.add(`${service} ${id}`);
  }

  *faults(): Iterable<Fault> {
    const sentIds = new Set(this.sendings.map(({ message }) => message.id));
    for (const sending of this.sendings) yield* this.faultsOfSending(sending);
    for (const { what, causationId, txId } of this.causes) yield* this.faultsOfCause(what, causationId, txId);
    for (const [id, { row, isNew }] of this.noted)
      if (isNew && !sentIds.has(id)) yield this.fault(`${row.type} ${id} was noted as sent, and is not in the outbox`);
    for (const [id, { row }] of this.noted)
      if (row.number > 0 && !this.sagas.has(sagaIdOf(id)))
        yield this.fault(`${row.type} ${id} was sent, and the row of its saga is not in the same commit`);
    const answered = new Set(this.sendings.map(({ message: { txId, causationId } }) => `${txId}/${causationId}`));
    for (const [id, { outcome, type }] of this.inbox)
      if ((outcome === 'answered' || outcome === 'refused') && !answered.has(id))
        yield this.fault(`${type} ${id} was ${outcome}, and its answer is not in the outbox`);
    yield* this.faultsOfEndings();
  }

  private sort({ table, id, item, write }: CommitSeen['rows'][number]): void {
    if (table === delayedEventTable.name && write === 'delete') this.left.add(String(id));
    if (item === undefined) return;
    if (table === inboxTable.name) this.inbox.set(String(id), item as unknown as InboxRow);
    else if (table === sagaTable.name) this.sagas.set(String(id), item as unknown as SagaRow);
    else if (table === auditTable.name) this.isReplay ||= item['verb'] === 'replay';
    else if (table === delayedEventTable.name) {
      const { causationId, txId } = item as unknown as DelayedEventRow;
      this.causes.push({ what: `the delayed event ${id}`, causationId, txId });
    } else if (table === eventTable.name) {
      const { type, causationId } = item as unknown as EventRow;
      this.causes.push({ what: `${type}, event ${id},`, causationId });
    }
  }

  private sortHistory(row: HistoryRow, isNew: boolean): void {
    if (row.direction === 'sent') this.noted.set(row.messageId, { row, isNew });
    else this.received.set(row.messageId, row);
  }

  private *faultsOfSending({ message, sent }: Sending): Iterable<Fault> {
    const { id, type, txId, causationId } = message;
    const what = `${type} ${id} for ${sent.topic}`;
    if (isAnswer(message)) {
      const own = { txId, id: causationId };
      if (!this.inbox.has(`${txId}/${causationId}`) && !this.before.inbox.has(inboxKeyOf(this.commit.service, own)))
        yield this.fault(`${what} answers what has no row in the inbox`, txId);
      return;
    }
    if (this.left.has(id)) return; // its cause was judged when it was kept
    const noted = this.noted.get(id);
    if (!noted) yield this.fault(`${what} was sent, and no history says so`, txId);
    else if (noted.isNew) yield* this.faultsOfCause(what, causationId, txId);
    else if (!this.before.commands.has(`${this.commit.service} ${id}`))
      yield this.fault(`${what} was sent again, and never before`, txId);
  }

  private *faultsOfCause(what: string, causationId: string, txId?: string): Iterable<Fault> {
    const cause = this.facts.messages.get(causationId);
    if (!cause || this.received.has(causationId) || this.inbox.has(`${cause.txId}/${causationId}`)) return;
    const isOwnCommand = this.before.commands.has(`${this.commit.service} ${causationId}`);
    if (isOwnCommand && this.sagas.has(sagaIdOf(causationId))) return; // it was not answered in time
    yield this.fault(`${what} follows from ${cause.type} ${causationId}, which has no row in the same commit`, txId);
  }

  /** A saga is completed by an answer, and one that is being compensated ends by one. */
  private *faultsOfEndings(): Iterable<Fault> {
    const answered = new Set<string>();
    for (const row of this.received.values()) if (row.awaited) answered.add(sagaIdOf(commandIdIn(row)));
    for (const [id, { status }] of this.sagas) {
      const saga = this.facts.sagas.get(`${this.commit.service} ${id}`);
      if (!saga || saga.isOperated || answered.has(id)) continue;
      const { before, now } = statusesIn(saga.writes, this.commit);
      if (now === before) continue;
      if (status === 'completed' || (status === 'rejected' && before === 'compensating'))
        yield this.fault(`saga ${id} became ${status} without a row of the answer that ended it`, saga.txId);
    }
  }

  private fault(what: string, txId?: string): Fault {
    const { service, instance } = this.commit;
    return { message: `${service}: ${what} (committed by ${instance})`, ...(txId !== undefined && { txId }) };
  }
}

function statusesIn(
  writes: readonly { readonly commit: CommitSeen; readonly item: SagaRow | undefined }[],
  commit: CommitSeen,
): { readonly before: SagaRow['status'] | undefined; readonly now: SagaRow['status'] | undefined } {
  const index = writes.findIndex((write) => write.commit === commit);
  return { before: writes[index - 1]?.item?.status, now: writes[index]?.item?.status };
}
