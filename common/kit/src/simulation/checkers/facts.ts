import {
  auditTable,
  historyIn,
  historyTable,
  inboxIdOf,
  sagaTable,
  txIdOf,
  type HistoryRow,
  type SagaRow,
  type Table,
} from '../../runtime';
import type { CommitSeen, History, MessageSeen, RecordSeen, SagaSeen, SentSeen } from '../history';

/** A history, looked up. */
export interface Facts extends History {
  /** Everything that was put into an outbox and can be read, in the order of the commits. */
  readonly sendings: readonly Sending[];
  /** By `messageKeyOf`: what services have put on the log and can be read. */
  readonly recordsByMessage: ReadonlyMap<string, readonly PlacedRecord[]>;
  /** Every message that was seen anywhere, by its id. What is no such id is that of a call. */
  readonly messages: ReadonlyMap<string, MessageSeen>;
  /** By `<service> <id of its row>`. */
  readonly sagas: ReadonlyMap<string, SagaInstance>;
  /** What was put into the histories of sagas, whether into their own rows or into others, and what events were noted as sent. */
  readonly noted: readonly Written<HistoryRow>[];
  /** Of these, what is in the rows of sagas. */
  readonly lines: readonly Written<HistoryRow>[];
  /** All writes to a table, in the order of the commits. */
  readonly written: <Item>(table: NamedTable<Item>) => readonly Written<Item>[];
}

/** A row that was written, and where. */
export interface Written<Item> {
  readonly commit: CommitSeen;
  /** Which of all commits. */
  readonly at: number;
  readonly service: string;
  readonly write: 'insert' | 'upsert' | 'delete';
  readonly id: string;
  readonly item: Item | undefined;
}
/** A message that was put into an outbox, and where. */
export interface Sending {
  readonly commit: CommitSeen;
  /** Which of all commits. */
  readonly at: number;
  readonly sent: SentSeen;
  readonly message: MessageSeen;
}
/** A record, and which of all it is. */
export interface PlacedRecord extends RecordSeen {
  readonly index: number;
}

/** An instance of a saga as its service has written it. */
export interface SagaInstance {
  readonly service: string;
  /** `<name of the saga>/<txId>` */
  readonly id: string;
  readonly txId: string;
  /** `undefined`: the service does not say what its steps are. */
  readonly definition: SagaSeen | undefined;
  readonly writes: readonly Written<SagaRow>[];
  /** What was written of its history, in the order in which it has sent and received. */
  readonly messages: readonly Written<HistoryRow>[];
  /** An operator has taken or left out steps of it. */
  readonly isOperated: boolean;
}

/** A table, as far as it says what its items are. */
type NamedTable<Item> = Pick<Table<Item>, 'name' | 'idOf'>;
type Growing<Of, Names extends keyof Of> = {
  -readonly [Name in keyof Of]: Name extends Names ? GrowingList<Of[Name]> : Of[Name];
};
type GrowingList<List> = List extends readonly (infer Item)[] ? Item[] : List;

const operatorSteps = ['skip', 'compensate', 'abandon'];

/** Where a message is kept in what a topic holds. */
export const messageKeyOf = (topic: string, id: string): string => `${topic}|${id}`;
/** Whether a message answers the one that caused it. */
export const isAnswer = ({ id, causationId }: MessageSeen): boolean => id === `${causationId}/answer`;
const undoSuffix = '/undo';
export const isUndoId = (commandId: string): boolean => commandId.endsWith(undoSuffix);
/** The id of what a command undoes; of one that undoes nothing, its own. */
export const doIdOf = (commandId: string): string =>
  isUndoId(commandId) ? commandId.slice(0, -undoSuffix.length) : commandId;
/** The row of the saga that sends a command: `<name of the saga>/<txId>`. */
export const sagaIdOf = (commandId: string): string => {
  const doId = doIdOf(commandId);
  return doId.slice(0, doId.lastIndexOf('/'));
};
export const inboxKeyOf = (service: string, message: { readonly txId: string; readonly id: string }): string =>
  `${service} ${inboxIdOf(message)}`;

/** Looks up everything once. */
export function factsOf(history: History): Facts {
  const tables = new Map<string, Written<unknown>[]>();
  const sendings: Sending[] = [];
  const messages = new Map<string, MessageSeen>();
  history.commits.forEach((commit, at) => {
    const { service } = commit;
    for (const { table, write, id, item } of commit.rows)
      listed(tables, table).push({ commit, at, service, write, id: String(id), item });
    for (const sent of commit.sent) {
      if (!sent.message) continue;
      sendings.push({ commit, at, sent, message: sent.message });
      messages.set(sent.message.id, sent.message);
    }
  });
  const recordsByMessage = new Map<string, PlacedRecord[]>();
  history.records.forEach((record, index) => {
    if (!record.message) return;
    messages.set(record.message.id, record.message);
    if (!record.injected)
      listed(recordsByMessage, messageKeyOf(record.topic, record.message.id)).push({ ...record, index });
  });
  const written = <Item>({ name }: NamedTable<Item>) => (tables.get(name) ?? []) as readonly Written<Item>[];
  const lines = [...linesWritten(written(sagaTable))];
  const noted = [...written(historyTable), ...lines].sort((a, b) => a.at - b.at);
  const sagas = sagasOf(history, written, noted);
  return { ...history, sendings, recordsByMessage, messages, written, lines, noted, sagas };
}

function sagasOf(
  history: History,
  written: Facts['written'],
  noted: Facts['noted'],
): ReadonlyMap<string, SagaInstance> {
  const definitions = new Map(
    history.services.flatMap(({ name, sagas }) => sagas.map((saga) => [`${name} ${saga.name}`, saga] as const)),
  );
  const operated = new Set(
    written(auditTable).flatMap(({ service, item }) =>
      item && operatorSteps.includes(item.verb) ? [`${service} ${item.subject}`] : [],
    ),
  );
  const sagas = new Map<string, Growing<SagaInstance, 'writes' | 'messages'>>();
  for (const write of written(sagaTable)) {
    const { service, id, item } = write;
    const known = sagas.get(`${service} ${id}`);
    if (known) known.writes.push(write);
    else {
      const saga = item?.saga ?? id.slice(0, id.indexOf('/'));
      const definition = definitions.get(`${service} ${saga}`);
      const isOperated = operated.has(`${service} saga ${id}`);
      const txId = txIdOf({ id, saga });
      sagas.set(`${service} ${id}`, { service, id, txId, definition, writes: [write], messages: [], isOperated });
    }
  }
  for (const write of noted)
    if (write.item) sagas.get(`${write.service} ${sagaIdOf(commandIdIn(write.item))}`)?.messages.push(write);
  for (const { messages } of sagas.values()) messages.sort(inOrder);
  return sagas;
}

/** What each write of a saga's row has put into its history, changed there, or left out, as if each message had a row of its own. */
function* linesWritten(writes: Iterable<Written<SagaRow>>): Iterable<Written<HistoryRow>> {
  const known = new Map<string, ReadonlyMap<string, HistoryRow>>();
  for (const write of writes) {
    if (!write.item) continue; // with the saga everything is gone
    const saga = `${write.service} ${write.id}`;
    const before = known.get(saga) ?? new Map<string, HistoryRow>();
    const lines = historyIn(write.item);
    const now = new Map<string, HistoryRow>();
    for (const item of lines) {
      const was = now.has(item.id) ? undefined : before.get(item.id); // one that is there twice was put there once more
      now.set(item.id, item);
      if (!was) yield { ...write, write: 'insert', id: item.id, item };
      else if (!isSame(was, item)) yield { ...write, write: 'upsert', id: item.id, item };
    }
    for (const id of before.keys()) if (!now.has(id)) yield { ...write, write: 'delete', id, item: undefined };
    known.set(saga, now);
  }
}

const isSame = (a: HistoryRow, b: HistoryRow): boolean => JSON.stringify(a) === JSON.stringify(b);

/** The command that a message in a saga's history is about. */
export const commandIdIn = ({ direction, messageId, causationId }: HistoryRow): string =>
  direction === 'sent' ? messageId : causationId;

const inOrder = (a: Written<HistoryRow>, b: Written<HistoryRow>): number =>
  a.at - b.at || a.item!.number - b.item!.number;

/** The list of a key, which is there afterwards. */
export function listed<Key, Item>(lists: Map<Key, Item[]>, key: Key): Item[] {
  let list = lists.get(key);
  if (!list) lists.set(key, (list = []));
  return list;
}
