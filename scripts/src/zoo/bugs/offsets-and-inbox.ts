import type { Bug } from '../bug';

const dispatch = 'runtime/handling/dispatch.js';
const queue = 'runtime/transaction/transaction-queue.js';
const consumer = 'runtime/consumer/consumer.js';

/** What a service takes over, and how it knows what it has handled. */
export const offsetsAndInbox: readonly Bug[] = [
  {
    name: 'offset-before-commit',
    promise: 'offsets are committed after the database commit',
    changes: [
      {
        file: consumer,
        find: 'this.unread.take({ record, ticket });',
        replace: 'this.unread.take({ record, ticket }); ticket.of.finish(ticket);',
      },
    ],
    rungs: ['orders'],
  },
  {
    name: 'later-offset-first',
    promise: 'no offset is committed while an earlier message waits',
    changes: [
      {
        file: 'runtime/consumer/offsets.js',
        find: 'this.watermark.finish(entry);',
        replace:
          'this.watermark.finish(entry); if ((this.watermark.done ?? -1n) < entry.position) this.watermark.done = entry.position;',
      },
    ],
    rungs: ['mall'],
  },
  {
    name: 'rebalance-commits',
    promise: 'what was in hand when partitions moved comes again',
    changes: [
      {
        file: consumer,
        find: 'this.offsets.clear();',
        replace: `for (const { watermark } of this.offsets.partitions.values())
            for (const entry of watermark.watermark) watermark.finish(entry);
        const all = this.offsets.uncommitted();
        if (all.length > 0) void this.subscription?.commit(all).catch(() => {});
        this.offsets.clear();`,
      },
    ],
    rungs: ['mall'],
  },
  {
    name: 'no-inbox-row',
    promise: 'a message that comes again has no second effect',
    changes: [
      {
        file: dispatch,
        find: 'received, became) => context.attempt',
        replace: 'received, became) => false && context.attempt',
      },
    ],
    rungs: ['orders'],
  },
  {
    name: 'inbox-row-apart',
    promise: 'the inbox row and what follows from its message are one transaction',
    changes: [{ file: queue, find: commitOf('rows'), replace: apart('kit_inbox') }],
    rungs: ['orders'],
  },
  {
    name: 'saga-state-apart',
    promise: 'the state of a saga and its next command are one transaction',
    changes: [{ file: queue, find: commitOf('rows'), replace: apart('kit_sagas') }],
    rungs: ['orders'],
  },
  {
    name: 'inbox-not-asked',
    promise: 'a message that comes again is known',
    changes: [
      { file: dispatch, find: 'const looks = isOld || attempt.checksExisting;', replace: 'const looks = isOld;' },
    ],
    rungs: ['orders'],
  },
  {
    name: 'handled-again',
    promise: 'a command that comes again is answered from the inbox',
    changes: [
      {
        file: dispatch,
        find: 'answerAgain(context, contract, received, known);',
        replace: `{
        const outcome = known.outcome === 'undone' ? undefined : await to.handle(received, context);
        if (!outcome) answerAgain(context, contract, received, known);
        else if ('code' in outcome) context.refuse(answerIdOf(received), correlationOf(received), contract.reply.topic, outcome);
        else context.send(answerIdOf(received), correlationOf(received), outcome);
    }`,
      },
    ],
    rungs: ['orders'],
  },
  {
    name: 'silent-when-asked-again',
    promise: 'a command that comes again is answered again',
    changes: [{ file: dispatch, find: 'context.put(answerTopic, received.txId, answer);', replace: ';' }],
    rungs: ['orders'],
  },
];

function commitOf(rows: string): string {
  return `await this.session.commit(commitNumber, ${rows}, outbox);`;
}

/** The rows of one table are committed a moment later than all others. */
function apart(table: string): string {
  return `{
                const late = [...rows].filter(([{ name }]) => name === '${table}');
                ${commitOf(`new Map([...rows].filter(([{ name }]) => name !== '${table}'))`)}
                if (late.length > 0) await this.session.commit(++this.commitNumber, new Map(late), []);
            }`;
}
