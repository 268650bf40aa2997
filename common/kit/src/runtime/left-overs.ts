import type { Publisher } from './publisher';
import type { Lanes, LeftLane, Seat, Seats } from './store';

const pageMax = 1_000;

/**
 * Sends what an instance committed and did not live to send, lane by lane and in sequence; only for whoever holds its seat.
 * What is in lanes that were forgotten is sent as well, by anybody: perhaps their instance lives and sends it too. That does
 * no harm: everybody sends a lane in sequence, so what comes for the first time comes in order, and what comes again is known
 * to its receiver. Resolves with the number of lanes that were found.
 */
export async function sendLeftOvers(instance: string, lanes: Lanes, publisher: Publisher): Promise<number> {
  const left = (await lanes.all()).filter((each) => each.instance === instance || each.instance === undefined);
  for (const each of left) await sendLane(each, 'own', lanes, publisher);
  return left.length;
}

/** The same for every other instance that nobody is any more. */
export async function takeOver(own: string, lanes: Lanes, seats: Seats, publisher: Publisher): Promise<void> {
  const others = (await lanes.all()).filter(({ instance }) => instance !== own);
  for (const instance of new Set(others.map((each) => each.instance))) {
    const seat = instance === undefined ? nobodys : await seats.take(instance, () => {});
    if (!seat) continue;
    try {
      for (const each of others.filter((one) => one.instance === instance))
        await sendLane(each, 'another', lanes, publisher);
    } finally {
      await seat.leave();
    }
  }
}

const nobodys: Seat = { leave: async () => {} };

async function sendLane(
  { lane, instance }: LeftLane,
  whose: 'own' | 'another',
  lanes: Lanes,
  publisher: Publisher,
): Promise<void> {
  for (let isAll = false; !isAll;) {
    const rows = await lanes.unsent(lane, pageMax);
    if (rows.length > 0) publisher.push(lane, 0, rows);
    await publisher.flushed();
    if (publisher.waiting > 0) throw new Error('stopped before everything was sent');
    const last = rows.at(-1);
    if (last) await lanes.acknowledge(lane, last.seq, 0);
    isAll = rows.length < pageMax; // a lane that lives is never at its end
  }
  if (instance !== undefined) await lanes.remove(lane, whose);
}
