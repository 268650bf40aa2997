import assert from 'node:assert/strict';
import type { OutboxRow, Session } from '../runtime';
import type { Checks } from './case';
import { same } from './same';
import type { StoresUnderTest } from './under-test';
import { nothing, outboxOf } from './transacting';

/** What is to be sent waits in its producer's outbox, in sequence. */
export const laneChecks: Checks<StoresUnderTest> = {
  'what is not acknowledged comes back in sequence, producer by producer': async ({ stores }) => {
    const [first, second] = [await stores.database.open('one'), await stores.database.open('two')];
    await first.commit(1, nothing, outboxOf(0, ...letters(8)));
    await second.commit(1, nothing, outboxOf(0, 'z'));
    await first.commit(2, nothing, outboxOf(8, ...letters(4)));
    same(await stores.outbox.unsent(first.producer, 100), outboxOf(0, ...letters(8), ...letters(4)));
    same(await stores.outbox.unsent(first.producer, 3), outboxOf(0, ...letters(3)));
    same(await stores.outbox.unsent(second.producer, 100), outboxOf(0, 'z'));
  },

  'what comes back has the headers that it was given, byte by byte': async ({ stores }) => {
    const session = await stores.database.open('one');
    const headers = [
      ['list', Buffer.from('first')],
      ['list', Buffer.from('second')],
      ['bytes', Buffer.from([0, 255, 254])],
      ['name \'"\\`', Buffer.alloc(0)],
    ] as const;
    const [plain, rich] = outboxOf(0, 'a', 'b') as [OutboxRow, OutboxRow];
    await session.commit(1, nothing, [plain, { ...rich, headers }]);
    same(await stores.outbox.unsent(session.producer, 10), [plain, { ...rich, headers }]);
    same(await stores.outbox.unsent(session.producer, 10, 1), [{ ...rich, headers }]);
    same(await stores.outbox.unsent(session.producer, 10, 2), []);
  },

  'records of each number, and of each size, come back as they were': async ({ stores }) => {
    const session = await stores.database.open('one');
    const all: OutboxRow[] = [];
    const small = Array.from({ length: 70 }, (_, index) => Array(index + 1).fill(''));
    const large = Array.from({ length: 70 }, (_, index) => [...letters(index % 26), `${index}`.repeat(index ** 2)]);
    for (const [index, values] of [...small, ...large].entries()) {
      const some = outboxOf(all.length, ...values);
      await session.commit(index + 1, nothing, some);
      all.push(...some);
    }
    same(await stores.outbox.unsent(session.producer, 10_000), all);
  },

  'what is acknowledged is gone, and nothing behind it': async ({ stores }) => {
    const [session, other] = [await stores.database.open('one'), await stores.database.open('one')];
    for (const each of [session, other]) await each.commit(1, nothing, outboxOf(0, ...letters(12)));
    const left = async ({ producer }: Session) => (await stores.outbox.unsent(producer, 100)).map(({ seq }) => seq);
    await stores.outbox.acknowledge(session.producer, 0);
    assert.equal((await left(session)).length, 12);
    await stores.outbox.acknowledge(session.producer, 9);
    same(await left(session), [10, 11, 12]);
    await stores.outbox.acknowledge(session.producer, 4);
    same(await left(session), [10, 11, 12]);
    await stores.outbox.acknowledge(session.producer, 12);
    same([await left(session), (await left(other)).length], [[], 12]);
  },

  'of very much that was committed at once, what is acknowledged is gone, and the rest comes page by page': async ({
    stores,
  }) => {
    const session = await stores.database.open('one');
    const many = outboxOf(0, ...Array.from({ length: 1_200 }, (_, index) => `${index}`));
    const large = ['a', 'b', 'c'].map((letter) => letter.repeat(200_000));
    await session.commit(1, nothing, [...many, ...outboxOf(1_200, ...large)]);
    await session.commit(2, nothing, outboxOf(1_203, 'last'));
    for (const acknowledged of [0, 1, 499, 500, 501, 1_199, 1_201, 1_202, 1_203, 1_204]) {
      await stores.outbox.acknowledge(session.producer, acknowledged);
      const left: number[] = [];
      for (;;) {
        const page = await stores.outbox.unsent(session.producer, 350, left.at(-1));
        left.push(...page.map(({ seq }) => seq));
        if (page.length < 350) break;
      }
      same(
        left,
        Array.from({ length: 1_204 - acknowledged }, (_, index) => acknowledged + index + 1),
      );
    }
  },

  'a transaction is known to be committed, or not to be, when earlier ones are forgotten': async ({ stores }) => {
    const session = await stores.database.open('one');
    await session.commit(7, nothing, outboxOf(0, 'a'));
    await session.commit(8, nothing, outboxOf(1, 'b'));
    await stores.outbox.acknowledge(session.producer, 1);
    await stores.outbox.forgetCommits(session.producer, 7);
    assert.equal(await session.wasCommitted(8), true);
    assert.equal(await session.wasCommitted(9), false);
  },

  'producers are listed by their instances, oldest first, until they are forgotten': async ({ stores }) => {
    const { outbox, database } = stores;
    const opened: { producer: number; instance: string }[] = [];
    for (const instance of ['one', 'two', 'one'])
      opened.push({ producer: (await database.open(instance)).producer, instance });
    assert.equal(new Set(opened.map(({ producer }) => producer)).size, 3);
    same(await outbox.all(), opened);
    await outbox.remove(opened[1]!.producer, 'own');
    same(await outbox.all(), [opened[0], opened[2]]);
    await outbox.remove(opened[2]!.producer, 'own');
    await outbox.remove(opened[2]!.producer, 'own');
    same(await outbox.all(), [opened[0]]);
  },

  'a producer that has something left to be sent is not forgotten': async ({ stores }) => {
    const session = await stores.database.open('one');
    await session.commit(1, nothing, outboxOf(0, 'a'));
    await stores.outbox.remove(session.producer, 'own');
    same(await stores.outbox.all(), [{ producer: session.producer, instance: 'one' }]);
  },

  'a producer that was forgotten and writes on is listed without an instance, until that is sent': async ({
    stores,
  }) => {
    const { database, outbox } = stores;
    const sessions: Session[] = [];
    for (const instance of ['one', 'two', 'one', 'three']) sessions.push(await database.open(instance));
    const [first, silent, forgotten, last] = sessions as [Session, Session, Session, Session];
    for (const { producer } of [silent, forgotten]) await outbox.remove(producer, 'own');
    for (const each of [first, forgotten]) await each.commit(1, nothing, outboxOf(0, ...letters(3)));
    const known = [
      { producer: first.producer, instance: 'one' },
      { producer: last.producer, instance: 'three' },
    ];
    same(await outbox.all(), [known[0], { producer: forgotten.producer, instance: undefined }, known[1]]);
    same(await outbox.unsent(forgotten.producer, 10), outboxOf(0, ...letters(3)));
    await outbox.acknowledge(forgotten.producer, 3);
    same(await outbox.all(), known);
    assert.equal(await forgotten.wasCommitted(1), true);
  },

  'an instance whose producer was forgotten by another one is still told what it has committed': async ({ stores }) => {
    const living = await stores.database.open('one');
    await living.commit(1, nothing, []);
    await stores.outbox.remove(living.producer, 'another');
    assert.equal(await living.wasCommitted(1), true);
    assert.equal(await living.wasCommitted(2), false);
  },

  'no producer has the number of one that was forgotten, nor what it has left': async ({ stores }) => {
    const gone = await stores.database.open('one');
    await gone.commit(1, nothing, outboxOf(0, 'a'));
    await stores.outbox.acknowledge(gone.producer, 1);
    await stores.outbox.remove(gone.producer, 'own');
    const fresh = await stores.database.open('one');
    assert.ok(fresh.producer > gone.producer, `${fresh.producer} comes after ${gone.producer}`);
    assert.equal(await fresh.wasCommitted(1), false);
    await fresh.commit(2, nothing, outboxOf(0, 'a'));
    same(await stores.outbox.unsent(fresh.producer, 10), outboxOf(0, 'a'));
  },
};

const letters = (count: number): string[] => [...'abcdefghijklmnopqrstuvwxyz'].slice(0, count);
