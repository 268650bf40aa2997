import type { Knex } from 'knex';
import {
  historyIn,
  historyTable,
  inboxTable,
  sagaTable,
  type HistoryRow,
  type InboxRow,
  type MessageOfProcess,
  type SagaRow,
  type Table,
} from '../runtime';
import { itemsOf } from './knex-items';
import type { SqlAccess } from './sql-reader';

/** Of one process, from each of two tables: far more than any has. */
const messagesMax = 10_000;

/** Every message that a saga has sent or received: what its row says, and what has changed nothing. */
export async function historyOf(access: SqlAccess, saga: string, txId: string): Promise<HistoryRow[]> {
  const [sagas, rows] = await Promise.all([
    sagasCalled(access, [`${saga}/${txId}`]),
    itemsUnder(access, historyTable, `${txId}/${saga}/`),
  ]);
  const own = rows.filter(({ number }) => number > 0); // the others are events
  return [...sagas.flatMap(historyIn), ...own].sort((a, b) => a.number - b.number || a.at.getTime() - b.at.getTime());
}

/** Every message of a process: what was handled, and what was sent. */
export async function messagesOf(access: SqlAccess, txId: string): Promise<MessageOfProcess[]> {
  const [inbox, sagas, rows] = await Promise.all([
    itemsUnder(access, inboxTable, `${txId}/`),
    sagasOf(access, txId),
    itemsUnder(access, historyTable, `${txId}/`),
  ]);
  const history = [...sagas.flatMap(historyIn), ...rows];
  const all = [...inbox.flatMap(messagesIn), ...history.map(({ id: _, number: __, awaited: ___, ...row }) => row)];
  return all.sort((a, b) => a.at.getTime() - b.at.getTime());
}

/** Of whichever saga: their keys begin with its name. */
async function sagasOf(access: SqlAccess, txId: string): Promise<SagaRow[]> {
  const names: string[] = await access.look(async (knex) =>
    knex('kit_saga_definitions').distinct('saga').pluck('saga'),
  );
  return sagasCalled(
    access,
    names.map((saga) => `${saga}/${txId}`),
  );
}

const sagasCalled = (access: SqlAccess, ids: readonly string[]): Promise<SagaRow[]> =>
  itemsOf(access, sagaTable, (query) => query.whereIn('id', ids));

const itemsUnder = <Item>(access: SqlAccess, table: Table<Item>, prefix: string): Promise<Item[]> =>
  itemsOf(access, table, (query) => query.where(under(prefix)).limit(messagesMax));

/** Rows whose keys begin with `prefix`, which ends with a slash: a range of the primary key. */
const under = (prefix: string) => (query: Knex.QueryBuilder) => {
  const after = `${prefix.slice(0, -1)}0`; // the character behind "/"
  void query.where('id', '>', prefix).where('id', '<', after);
};

/** The rows of the history that belong to these sagas. */
export const historiesOf = (sagaIds: readonly string[]) => (query: Knex.QueryBuilder) => {
  for (const id of sagaIds) {
    const slash = id.lastIndexOf('/');
    void query.orWhere(under(`${id.slice(slash + 1)}/${id.slice(0, slash)}/`));
  }
};

/** The saga to which a row of the history belongs, by the id of that row, if there is such a saga. */
export function sagaIdIn(id: string): string {
  const [txId, target] = id.split('/', 2);
  return `${target}/${txId}`;
}

/** What an inbox row says: a message that was received, and its answer. */
function messagesIn(row: InboxRow): MessageOfProcess[] {
  const { id, type, topic, causationId, outcome, answerTopic, answerType, at } = row;
  if (outcome === 'undone') return []; // it has not come
  const messageId = id.slice(id.indexOf('/') + 1);
  const common = { errorMessage: null, times: 1, at, lastAt: at };
  const received = { direction: 'received', topic, type, messageId, causationId, code: null, ...common } as const;
  if (answerTopic === null || answerType === null) return [received];
  const [answer, code] = outcome === 'refused' ? ['ErrorEventMessage', answerType] : [answerType, null];
  const sent = { topic: answerTopic, type: answer, messageId: `${messageId}/answer`, causationId: messageId, code };
  return [received, { direction: 'sent', ...sent, ...common }];
}
