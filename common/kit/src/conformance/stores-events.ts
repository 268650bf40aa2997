import assert from 'node:assert/strict';
import { numberEvents } from '../runtime/transaction/number-events';
import {
  eventTable,
  lastPosition,
  positionTable,
  projectionTable,
  streamTable,
  type Entries,
  type EventRow,
  type Session,
  type StreamRow,
} from '../runtime';
import type { Checks } from './case';
import { same } from './same';
import { marks } from './things';
import type { StoresUnderTest } from './under-test';
import { faultOf, inserts, load, look, nothing, together, upserts, Worker, write } from './transacting';

/** Streams of events, their order, and what is made of them. */
export const eventChecks: Checks<StoresUnderTest> = {
  'the events of a stream are found in their order, page by page, and those of no other': async ({ stores }) => {
    const rows = numbersTo(25).map((version) => anEvent('t/a', version, version));
    const others = [anEvent('t/a/0000000003', 1, 26), anEvent('t/a0', 1, 27), anEvent('t/A', 1, 28)];
    await write(stores, inserts(eventTable, ...[...rows].reverse(), ...others));
    same(await stores.events.of('t/a', 0, 100), rows);
    same(await stores.events.of('t/a', 3, 2), rows.slice(3, 5));
    same(await stores.events.of('t/a', 25, 2), []);
    same(await stores.events.of('t/A', 0, 2), [others[2]]);
    same(await stores.events.of('t/b', 0, 2), []);
    same(
      (await stores.events.behind(24, 3)).map(({ stream }) => stream),
      ['t/a', 't/a/0000000003', 't/a0'],
    );
  },

  'a head keeps its snapshot as it is, whatever the state is': async ({ stores }) => {
    const states = [{ list: [1.5, 'ü', null, { a: [] }] }, [], 'text', 0, -1e21, true, null];
    const heads = states.map((state, index): StreamRow => ({
      ...head(`t/${index}`, 3),
      snapshot: { state },
      snapshotAt: 3,
    }));
    await write(stores, inserts(streamTable, ...heads, head('t/none', 1)));
    const ids = [...heads.map(({ id }) => id), 't/none'];
    same(await look(stores, streamTable, ids), [...heads, head('t/none', 1)]);
  },

  'of two who append to one stream that is not there yet, the second is told that it is a duplicate': async ({
    stores,
  }) => {
    await write(stores, together(inserts(streamTable, head('t/a', 1)), inserts(eventTable, anEvent('t/a', 1, 1))));
    const session = await stores.database.open('suite');
    const again = [inserts(streamTable, head('t/a', 1)), inserts(eventTable, anEvent('t/a', 1, 2))];
    for (const [index, rows] of [together(...again), again[0]!, again[1]!].entries()) {
      assert.equal(await faultOf(session.commit(index + 1, rows, [])), 'duplicate');
      await session.rollback();
    }
    same(await stores.events.behind(0, 10), [anEvent('t/a', 1, 1)]);
  },

  'no two events have one position': async ({ stores }) => {
    await write(stores, inserts(eventTable, anEvent('t/a', 1, 7)));
    const session = await stores.database.open('suite');
    assert.equal(await faultOf(session.commit(1, inserts(eventTable, anEvent('t/b', 1, 7)), [])), 'duplicate');
    await session.rollback();
  },

  'positions are without a gap and in the order of commits, whoever commits at the same time': async ({ stores }) => {
    const sessions = await Promise.all([1, 2, 3].map(() => stores.database.open('suite')));
    const times = 20;
    let done = false;
    const writing = Promise.all(sessions.map((session, index) => appending(session, `t/${index}`, times)));
    void writing.finally(() => (done = true)).catch(() => {});
    let seen = 0;
    while (!done) {
      const events = await stores.events.behind(0, 1_000);
      same(
        events.map(({ position }) => position),
        numbersTo(events.length),
      );
      assert.ok(events.length >= seen, 'what was seen once stays');
      seen = events.length;
      await new Promise<void>((turn) => void setImmediate(turn));
    }
    await writing;
    const events = await stores.events.behind(0, 1_000);
    same(
      events.map(({ position }) => position),
      numbersTo(sessions.length * times * 2),
    );
    for (const index of sessions.keys())
      same(
        events.filter(({ stream }) => stream === `t/${index}`).map(({ version }) => version),
        numbersTo(times * 2),
      );
  },

  'a transaction that fails takes no position': async ({ stores }) => {
    await write(stores, inserts(marks, { id: 'there' }));
    const session = await stores.database.open('suite');
    const fails = together(inserts(marks, { id: 'there' }), inserts(eventTable, anEvent('t/a', 1)));
    assert.equal(await faultOf(session.commit(1, await numberEvents(fails, session), [])), 'duplicate');
    await session.rollback();
    await numberEvents(inserts(eventTable, anEvent('t/a', 1)), session);
    await session.rollback();
    await session.commit(2, await numberEvents(inserts(eventTable, anEvent('t/b', 1)), session), []);
    same(await stores.events.behind(0, 10), [anEvent('t/b', 1, 1)]);
    same(await look(stores, positionTable, [lastPosition]), [{ id: lastPosition, position: 1 }]);
    assert.equal(await numberEvents(nothing, session), nothing, 'without events nobody waits for the counter');
  },

  'ids of some rows are found, whatever they are, until there is none': async ({ stores }) => {
    const row = { id: 'p', position: 3, phase: 'clearing', rebuilds: 1 } as const;
    await write(stores, together(inserts(marks, { id: 'a' }, { id: 'b' }, { id: 'c' }), upserts(projectionTable, row)));
    same((await stores.events.ids(marks, 10)).map(String).sort(), ['a', 'b', 'c']);
    assert.equal((await stores.events.ids(marks, 2)).length, 2);
    same(await stores.events.ids(streamTable, 10), []);
    same(await look(stores, projectionTable, ['p']), [row]);
  },
};

/** Appends two events at a time to a stream, as often as it takes. */
async function appending(session: Session, stream: string, times: number): Promise<void> {
  const worker = new Worker(session);
  for (let time = 0; time < times; time++)
    await worker.transact(async (): Promise<Entries> => {
      const [known] = await load(session, streamTable, [stream]);
      const version = known?.version ?? 0;
      const rows = together(
        upserts(streamTable, head(stream, version + 2)),
        inserts(eventTable, anEvent(stream, version + 1), anEvent(stream, version + 2)),
      );
      return numberEvents(rows, session);
    });
}

const head = (id: string, version: number): StreamRow => ({
  id,
  version,
  snapshot: null,
  snapshotAt: 0,
  snapshotVersion: 1,
});

const anEvent = (stream: string, version: number, position = 0): EventRow => ({
  id: `${stream}/${String(version).padStart(10, '0')}`,
  stream,
  version,
  type: 'Happened',
  payload: { to: stream, list: [version, null, 'ü'] },
  causationId: 'a-test',
  at: new Date(version),
  position,
});

const numbersTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);
