import { historyTable, inboxTable, lineOf, sagaTable, type HistoryRow, type SagaRow } from '../src/runtime';
import {
  violationsOf,
  type CommitSeen,
  type Expected,
  type History,
  type MessageSeen,
  type RowSeen,
  type SentSeen,
} from '../src/simulation';
import { historyRow, idOf, inboxRow, message, row, sagaId, sagaRow, topicOf, tripSaga } from './history-rows';

export * from './history-rows';

const replyOf = (command: string) => `${command.replace('/', '-')}-done`;

type Sent = { readonly topic: string; readonly message: MessageSeen; readonly key?: string; readonly digest?: string };
type Then = { readonly sends: string } | { readonly ends: 'completed' | 'rejected' };

/** What a service that manages trips and one that takes part in them do, one commit after the other. */
export class Story {
  readonly commits: CommitSeen[] = [];
  private events = 0;
  /** What the saga's row has of its history. */
  private lines: readonly HistoryRow[] = [];
  private cause = 'call-1';
  private isCompensating = false;
  private readonly seqs = new Map<string, number>();

  commit(service: string, rows: readonly RowSeen[], sent: readonly Sent[] = [], instance = `${service}-1`): this {
    const producer = Number(instance.slice(instance.lastIndexOf('-') + 1));
    const list = sent.map(({ topic, message, key = message.txId, digest }): SentSeen => {
      const seq = (this.seqs.get(instance) ?? 0) + 1;
      this.seqs.set(instance, seq);
      return { seq, topic, key, message, digest: digest ?? JSON.stringify(message) };
    });
    this.commits.push({ service, instance, lane: 0, producer, rows, sent: list });
    return this;
  }

  begins(): this {
    this.note('Reserve');
    return this.commit('order', [row(sagaTable, this.saga())], [this.command('Reserve')]);
  }

  /** Of the participant: it does a command or an undo, and answers. */
  does(command: string, instance = 'hotel-1'): this {
    return this.answers(command, [row(inboxTable, inboxRow(idOf(command)))], undefined, instance);
  }

  refuses(command: string, code = 'NO'): this {
    return this.answers(command, [row(inboxTable, inboxRow(idOf(command), { outcome: 'refused' }))], code);
  }

  /** An undo that comes before its do. */
  undoesFirst(command: string): this {
    const does = row(inboxTable, inboxRow(idOf(command), { outcome: 'undone', type: `${command}/undo` }));
    return this.answers(`${command}/undo`, [does, row(inboxTable, inboxRow(idOf(`${command}/undo`)))]);
  }

  answers(command: string, rows: readonly RowSeen[], code?: string, instance = 'hotel-1', digest?: string): this {
    const type = code === undefined ? replyOf(command) : 'ErrorEventMessage';
    const answer = message(`${idOf(command)}/answer`, idOf(command), { type, code });
    return this.commit(
      'hotel',
      rows,
      [{ topic: 'trip-answers', message: answer, ...(digest && { digest }) }],
      instance,
    );
  }

  /** The saga goes on by the answer to a command. */
  hears(command: string, then: Then, changes: Partial<HistoryRow> = {}): this {
    const id = `${idOf(command)}/answer`;
    const answer = { type: replyOf(command), causationId: idOf(command), number: ++this.events, ...changes };
    if (changes.code || command.endsWith('/undo')) this.isCompensating = true;
    this.lines = [...this.lines, historyRow('received', id, answer)];
    return this.moves(then, id);
  }

  refused(command: string, then: Then): this {
    return this.hears(command, then, { code: 'NO', type: 'ErrorEventMessage' });
  }

  /** Nobody has answered in time. */
  givesUp(command: string, then: Then): this {
    this.isCompensating = true;
    return this.moves(then, idOf(command));
  }

  /** An answer that is not awaited any more. */
  ignores(command: string, changes: Partial<SagaRow> = {}): this {
    const id = `${idOf(command)}/answer`;
    const late = { type: replyOf(command), causationId: idOf(command), number: ++this.events, awaited: false };
    const saga = sagaRow({ ...this.lastSaga(), events: this.events, ...changes });
    return this.commit('order', [row(historyTable, historyRow('received', id, late)), row(sagaTable, saga, 'upsert')]);
  }

  /** The saga's row is written with another history. */
  rewrites(alter: (lines: readonly HistoryRow[]) => readonly HistoryRow[]): this {
    this.lines = alter(this.lines);
    const { history } = this.saga();
    return this.commit('order', [row(sagaTable, { ...this.lastSaga(), history }, 'upsert')]);
  }

  /** The saga's row, with what its history has by now. */
  saga(changes: Partial<SagaRow> = {}): SagaRow {
    const { code = null, errorMessage = null } = this.lines.find((line) => line.code !== null) ?? {};
    const saga = sagaRow({ events: this.events, code, errorMessage, ...changes });
    const texts = this.lines.map((line, index) => lineOf(saga, line, this.lines[index - 1]?.messageId));
    return { ...saga, history: texts.join('') };
  }

  /** A trip from its beginning to its end. */
  static completed(): Story {
    return Story.beforePivot()
      .does('Pay')
      .hears('Pay', { sends: 'Write' })
      .does('Write')
      .hears('Write', { ends: 'completed' });
  }

  /** A trip up to its pivot, which is refused. */
  static refusedAtPivot(): Story {
    return Story.beforePivot().refuses('Pay');
  }

  /** A trip whose pivot is asked. */
  private static beforePivot(): Story {
    return new Story()
      .begins()
      .does('Reserve')
      .hears('Reserve', { sends: 'Check' })
      .does('Check')
      .hears('Check', { sends: 'Hold' })
      .does('Hold')
      .hears('Hold', { sends: 'Pay' });
  }

  /** A trip of which everything is undone. */
  static rejected(): Story {
    return Story.refusedAtPivot()
      .refused('Pay', { sends: 'Hold/undo' })
      .does('Hold/undo')
      .hears('Hold/undo', { sends: 'Reserve/undo' })
      .does('Reserve/undo')
      .hears('Reserve/undo', { ends: 'rejected' });
  }

  /** A trip whose first step is given up, and done by nobody: its undo was first. */
  static overtaken(): Story {
    return new Story()
      .begins()
      .givesUp('Reserve', { sends: 'Reserve/undo' })
      .undoesFirst('Reserve')
      .hears('Reserve/undo', { ends: 'rejected' })
      .answers('Reserve', [], 'UNDONE')
      .ignores('Reserve');
  }

  history(): History {
    const records = this.commits.flatMap(({ sent }) =>
      sent.map(({ topic, key, message, digest }) => ({ topic, key, message, digest })),
    );
    const names = new Set(['order', 'hotel', ...this.commits.map(({ service }) => service)]);
    return {
      commits: this.commits,
      records: records.map((each, offset) => ({
        ...each,
        partition: 0,
        offset,
        atMs: 2_000 + offset,
        injected: false,
      })),
      services: [...names].map((name) => ({
        name,
        topics: [],
        sagas: name === 'order' ? [tripSaga] : [],
        tables: tablesOf(this.commits.filter(({ service }) => service === name)),
      })),
    };
  }

  private moves(then: Then, cause: string): this {
    this.cause = cause;
    if ('sends' in then) {
      const step = then.sends.replace('/undo', '');
      const status = this.isCompensating ? 'compensating' : 'running';
      this.note(then.sends);
      const saga = row(sagaTable, this.saga({ status, step }), 'upsert');
      return this.commit('order', [saga], [this.command(then.sends)]);
    }
    const saga = this.saga({ status: then.ends, step: this.isCompensating ? 'Reserve' : 'Write' });
    return this.commit('order', [row(sagaTable, saga, 'upsert')]);
  }

  private note(command: string): void {
    const what = { type: command, causationId: this.cause, number: ++this.events };
    this.lines = [...this.lines, historyRow('sent', idOf(command), what)];
  }

  private lastSaga(): SagaRow {
    const rows = this.commits.flatMap((commit) => commit.rows);
    return rows.findLast(({ id, table }) => table === sagaTable.name && id === sagaId)!.item as unknown as SagaRow;
  }

  private command(command: string): Sent {
    return { topic: topicOf(command), message: message(idOf(command), this.cause, { type: command }) };
  }
}

/** The rows that these commits have left, as a database has them. */
function tablesOf(commits: readonly CommitSeen[]): Record<string, Record<string, unknown>[]> {
  const tables = new Map<string, Map<string | number, Record<string, unknown>>>();
  for (const { rows } of commits)
    for (const { table, id, item } of rows) {
      if (!tables.has(table)) tables.set(table, new Map());
      if (item) tables.get(table)!.set(id, columnsOf(item));
      else tables.get(table)!.delete(id);
    }
  return Object.fromEntries([...tables].map(([name, rows]) => [name, [...rows.values()]]));
}

const columnsOf = (item: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(item).map(([name, value]) => [columnOf(name), storedOf(value)]));
const columnOf = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
const storedOf = (value: unknown) =>
  value instanceof Date ? value.getTime() : typeof value === 'boolean' ? Number(value) : value;

/** A history in which a service has something else in a table in the end. */
export function withTable(
  history: History,
  service: string,
  table: string,
  rows: readonly Record<string, unknown>[],
): History {
  const services = history.services.map((each) =>
    each.name === service ? { ...each, tables: { ...each.tables, [table]: rows } } : each,
  );
  return { ...history, services };
}

export const nothingElse: Expected = { parked: [], mayNeedOperator: false };
/** What a checker has against a history. */
export const faultsOf = (checker: string, history: History | Story, expected: Expected = nothingElse): string[] =>
  violationsOf(history instanceof Story ? history.history() : history, expected)
    .filter((each) => each.checker === checker)
    .map((each) => each.message);
