import type { Publisher } from './publisher';
import type { Lanes, Seats } from './store';

const pageMax = 1_000;

/**
 * Sends what an instance committed and did not live to send, lane by lane and in sequence. Only for whoever holds that
 * instance's seat: a living lane is nobody else's business. Resolves with the number of lanes that were found.
 */
export async function sendLeftOvers(instance: string, lanes: Lanes, publisher: Publisher): Promise<number> {
  const left = (await lanes.all()).filter((each) => each.instance === instance);
  for (const { lane } of left) {
    for (;;) {
      const rows = await lanes.unsent(lane, pageMax);
      const last = rows.at(-1);
      if (!last) break;
      publisher.push(lane, 0, rows);
      await publisher.flushed();
      if (publisher.waiting > 0) throw new Error('stopped before everything was sent');
      await lanes.acknowledge(lane, last.seq, 0);
    }
    await lanes.remove(lane);
  }
  return left.length;
}

/** The same for every other instance that nobody is any more. */
export async function takeOver(own: string, lanes: Lanes, seats: Seats, publisher: Publisher): Promise<void> {
  const others = new Set((await lanes.all()).map(({ instance }) => instance).filter((instance) => instance !== own));
  for (const instance of others) {
    const seat = await seats.take(instance, () => {});
    if (!seat) continue;
    try {
      await sendLeftOvers(instance, lanes, publisher);
    } finally {
      await seat.leave();
    }
  }
}
