import {
  historyIdOf,
  historyTable,
  inboxIdOf,
  inboxTable,
  sagaTable,
  type HistoryRow,
  type InboxRow,
} from '../runtime';
import type { Checks } from './case';
import { aDefinition, aLine, aSaga, aSagaWith } from './saga-rows';
import { same } from './same';
import type { StoresUnderTest } from './under-test';
import { inserts, together, write } from './transacting';

/** What a service tells of the messages of a process. */
export const messagesChecks: Checks<StoresUnderTest> = {
  'what was handled, answered and sent for a process is told, oldest first, and nothing of another process': async ({
    stores,
  }) => {
    const handled = anInboxRow('tx1', 'Placed/1', { type: 'Placed', outcome: 'handled' });
    const answered = anInboxRow('tx1', 'ORDER/tx1/Pay', {
      outcome: 'answered',
      answerTopic: 'paid',
      answerType: 'Paid',
      at: new Date(1_001),
    });
    const refused = anInboxRow('tx1', 'ORDER/tx1/Ship', {
      outcome: 'refused',
      answerTopic: 'shipped',
      answerType: 'NO',
      at: new Date(1_002),
    });
    const undone = anInboxRow('tx1', 'ORDER/tx1/Call', { outcome: 'undone' });
    const others = ['tx10', 'tx', 'tx1-2', 'TX1'].map((txId) => anInboxRow(txId, 'Placed/1', {}));
    const sent = [aSentRow('MALL', 'tx1', 5_000), aSentRow('AUDIT', 'tx1', 500), aSentRow('MALL', 'tx2', 500)];
    for (const saga of ['ORDER', 'OTHER']) await stores.sagaStore.keepDefinition(aDefinition(saga, 'v1', []));
    const inTime = (line: HistoryRow) => ({ ...line, at: new Date(4_000), lastAt: new Date(4_000) });
    const sagas = ['tx1', 'tx2'].map((txId) =>
      aSagaWith([aLine('OTHER', txId, 2), aLine('OTHER', txId, 3)].map(inTime), aSaga('OTHER', txId)),
    );
    const inboxes = inserts(inboxTable, handled, answered, refused, undone, ...others);
    await write(stores, together(inboxes, inserts(historyTable, ...sent), inserts(sagaTable, ...sagas)));
    const messages = await stores.sagaStore.messages('tx1');
    same(
      messages.map(({ direction, type, topic, messageId, causationId, code }) =>
        [direction, type, topic, messageId, causationId, code ?? '-'].join(' '),
      ),
      [
        'sent Sold sales Sold/AUDIT cause -',
        'received Placed orders Placed/1 cause -',
        'received Pay orders ORDER/tx1/Pay cause -',
        'sent Paid paid ORDER/tx1/Pay/answer ORDER/tx1/Pay -',
        'received Pay orders ORDER/tx1/Ship cause -',
        'sent ErrorEventMessage shipped ORDER/tx1/Ship/answer ORDER/tx1/Ship NO',
        'sent Pay payments message 2 cause -',
        'received Pay payments message 3 cause DECLINED',
        'sent Sold sales Sold/MALL cause -',
      ],
    );
    same(
      messages.map(({ at }) => at.getTime()),
      [500, 1_000, 1_001, 1_001, 1_002, 1_002, 4_000, 4_000, 5_000],
    );
    same(await stores.sagaStore.messages('tx3'), []);
  },
};

const at = new Date(1_000);

const anInboxRow = (txId: string, id: string, values: Partial<InboxRow>): InboxRow => ({
  id: inboxIdOf({ txId, id }),
  outcome: 'handled',
  type: 'Pay',
  topic: 'orders',
  causationId: 'cause',
  answerTopic: null,
  answerType: null,
  answer: null,
  at,
  ...values,
});

function aSentRow(target: string, txId: string, atMs: number): HistoryRow {
  const messageId = `Sold/${target}`;
  return {
    id: historyIdOf({ target, txId }, 'sent', messageId),
    number: 0,
    direction: 'sent',
    topic: 'sales',
    type: 'Sold',
    messageId,
    causationId: 'cause',
    code: null,
    errorMessage: null,
    awaited: true,
    times: 1,
    at: new Date(atMs),
    lastAt: new Date(atMs),
  };
}
