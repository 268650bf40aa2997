import { Codec, RegistryUnavailable } from '../codec';
import { backOffMs } from './back-off';
import { definitionsOf } from './definitions';
import { pause } from './environment';
import { Lane } from './lane';
import { LeftOvers } from './left-overs';
import type { Parts } from './parts';
import { Publisher } from './publisher';
import { takeSeat } from './seat-keeping';
import { Service } from './service';
import { SetAside } from './set-aside';

/** About two minutes, besides what the registry itself takes not to answer. */
const warmingTriesMax = 30;
const warmingPauses = { firstMs: 200, mostMs: 5_000 };

/**
 * Starts a service: it takes its seat, checks that open sagas and schemas fit, sends what its last life left unsent, joins
 * its group and watches its timers. Rejects, having let go of everything, when one of these cannot be done.
 */
export async function startService(parts: Parts): Promise<Service> {
  const seat = await takeSeat(parts);
  const lanes: Lane[] = [];
  const aside = new SetAside(parts.refused, parts.environment);
  const publisher = new Publisher(parts.broker, parts.environment, aside);
  try {
    const definitions = await definitionsOf(parts.listeners.sagas, parts.ledger);
    const codec = new Codec(parts.registry, parts.environment.clock);
    await warm(codec, parts);
    await aside.look();
    const leftOvers = new LeftOvers(parts.instance, parts.lanes, parts.seats, publisher, parts.environment);
    const leftLanes = await leftOvers.takeOwn();
    for (let count = 0; count < 2; count++) {
      const session = await parts.database.open(parts.instance);
      leftOvers.keepOff(session.lane);
      lanes.push(new Lane(session, publisher, parts.environment));
    }
    const engine = { codec, environment: parts.environment, definitions };
    const [messages, outside] = lanes as [Lane, Lane];
    const service = new Service(parts, engine, { publisher, aside, leftOvers }, messages, outside, seat);
    await service.begin({ suspicious: leftLanes > 0 });
    return service;
  } catch (error) {
    publisher.stop();
    for (const lane of lanes) await quietly(lane.stop());
    await quietly(seat.leave());
    throw error;
  }
}

/** A registry that does not answer is waited for; a schema that it does not know is not. */
async function warm(codec: Codec, { listeners, environment }: Parts): Promise<void> {
  const wanted = { sends: listeners.sends(), listens: listeners.listening() };
  for (let tries = 1; ; tries++) {
    try {
      return await codec.warm(wanted);
    } catch (error) {
      if (!(error instanceof RegistryUnavailable) || tries === warmingTriesMax) throw error;
      environment.log.warn({ error: error.message }, 'the schema registry does not answer; waiting for it');
      await pause(environment, backOffMs(tries, warmingPauses, environment.random()));
    }
  }
}

const quietly = (done: Promise<void>): Promise<void> => done.catch(() => {});
