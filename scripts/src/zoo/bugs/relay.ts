import type { Bug } from '../bug';

const publisher = 'runtime/relay/publisher.js';
const recovery = 'runtime/relay/outbox-recovery.js';

/** How what was committed comes to the broker. */
export const relay: readonly Bug[] = [
  {
    name: 'relay-forgets-first',
    promise: 'a row leaves the outbox when the broker has it',
    changes: [
      {
        file: publisher,
        find: 'const outcomes = await this.publish(items);',
        replace: 'this.remove(new Set(items));\n        const outcomes = await this.publish(items);',
      },
    ],
    rungs: ['orders'],
  },
  {
    name: 'failed-send-dropped',
    promise: 'what the broker has not taken is sent again',
    changes: [
      { file: publisher, find: "if (outcome.status === 'durable')", replace: "if (outcome.status !== 'refused')" },
    ],
    rungs: ['orders'],
  },
  {
    name: 'failed-send-overtaken',
    promise: 'a failed send is made again before anything behind it of its key',
    changes: [{ file: publisher, find: 'held.add(item.orderingKey);', replace: '' }],
    rungs: ['mall'],
  },
  {
    name: 'no-recovery',
    promise: 'what a dead process has left in its outbox is sent',
    changes: [
      {
        file: recovery,
        find: 'async take(left) {',
        replace: 'async take(left) { return;',
      },
    ],
    rungs: ['mall'],
  },
  {
    name: 'late-recovery',
    promise: 'what a dead process has left is sent before anything newer',
    changes: [
      {
        file: 'runtime/start-service.js',
        find: 'await recovery.recoverOwn()',
        replace: '0',
      },
    ],
    rungs: ['mall'],
  },
  {
    name: 'compressed-rows-not-recovered',
    promise: 'what a dead process has left in its outbox is sent, however it is stored',
    changes: [
      {
        file: 'sql/outbox-rows.js',
        find: 'const all = type.fromBuffer(unpacked(records));',
        replace: 'const all = unpacked(records) === records ? type.fromBuffer(records) : [];',
      },
    ],
    rungs: ['mall'],
  },
  {
    name: 'recovery-out-of-order',
    promise: 'what a dead process has left is sent in its sequence',
    changes: [
      {
        file: recovery,
        find: 'this.publisher.deliver(producer, rows)',
        replace: 'this.publisher.deliver(producer, [...rows].reverse())',
      },
    ],
    rungs: ['mall'],
  },
  {
    name: 'recovery-forgets-first',
    promise: 'what a dead process has left stays in the outbox until the broker has it',
    changes: [{ file: recovery, find: 'sent.then(() => page).then(', replace: 'sent.then(' }],
    rungs: ['mall'],
  },
  {
    name: 'outbox-row-gone-early',
    promise: 'a row leaves the outbox when the broker has the last of its records',
    changes: [
      {
        file: 'sql/knex-outbox-store.js',
        find: ".where('last_seq', '<=', seq).delete()",
        replace: ".where('first_seq', '<=', seq).delete()",
      },
    ],
    rungs: ['mall'],
  },
  {
    name: 'event-ids-collide',
    promise: 'two events never have the same id',
    changes: [
      {
        file: 'runtime/handling/event-id.js',
        find: 'JSON.stringify([service, cause, causationId, place])',
        replace: 'JSON.stringify([service, cause, place])',
      },
    ],
    rungs: ['mall'],
  },
];
