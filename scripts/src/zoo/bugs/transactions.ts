import type { Bug } from '../bug';

const queue = 'runtime/transaction/transaction-queue.js';
const consumer = 'runtime/consumer/consumer.js';

/** How work is committed, and what waits for it. */
export const transactions: readonly Bug[] = [
  {
    name: 'lost-answer-is-failure',
    promise: 'a commit whose answer was lost is looked up',
    changes: [
      {
        file: queue,
        find: '(await this.session.wasCommitted(committing))',
        replace: 'false',
      },
    ],
    rungs: ['orders'],
  },
  {
    name: 'lost-answer-is-success',
    promise: 'a commit whose answer was lost is looked up',
    changes: [
      {
        file: queue,
        find: '(await this.session.wasCommitted(committing))',
        replace: 'true',
      },
    ],
    rungs: ['mall'],
  },
  {
    name: 'lost-update',
    promise: 'who has read what another has changed meanwhile reads again',
    changes: [
      { file: 'runtime/transaction/attempt.js', find: 'if (entry.version !== version)', replace: 'if (false)' },
    ],
    rungs: ['mall'],
  },
  {
    name: 'lost-wake-up',
    promise: 'what waits behind a message of its key goes on after it',
    changes: [
      {
        file: consumer,
        find: 'for (const delivery of deliveries.reverse())',
        replace: 'for (const delivery of deliveries.slice(0, 1))',
      },
    ],
    rungs: ['mall'],
  },
  {
    name: 'key-overtaken',
    promise: 'messages of a key are handled in their order',
    changes: [
      {
        file: consumer,
        find: 'return !this.held.has(delivery.orderingKey) ||',
        replace: 'return true ||',
      },
    ],
    rungs: ['mall'],
  },
  {
    name: 'projection-unguarded',
    promise: 'an event is applied to a read model once',
    changes: [
      {
        file: 'runtime/projection/projection-jobs.js',
        find: 'if (now.position !== position || now.phase !== phase || now.rebuilds !== rebuilds)',
        replace: 'if (false)',
      },
    ],
    rungs: ['orchestrated mall'],
  },
  {
    name: 'projection-position-apart',
    promise: 'a read model and its position are one transaction',
    changes: [
      {
        file: queue,
        find: 'await this.session.commit(commitNumber, rows, outbox);',
        replace: `{
                const late = [...rows].filter(([{ name }]) => name === 'kit_projections');
                await this.session.commit(commitNumber, new Map([...rows].filter(([{ name }]) => name !== 'kit_projections')), outbox);
                if (late.length > 0) await this.session.commit(++this.commitNumber, new Map(late), []);
            }`,
      },
    ],
    rungs: ['orchestrated mall'],
  },
];
