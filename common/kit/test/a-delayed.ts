import { worldWith, type World, type WorldOptions } from 'saga-kit/testing';
import type { ServiceLiteral } from 'saga-kit/service';
import { heardBy, tellers } from './a-teller';

export const { First, Second, all, TellWork, teller, listener } = tellers();
export const speaker = teller('speaker', [], {});
export const minuteMs = 60_000;
export const process = { target: 'TALE', txId: 'tx' };

/** For tests of events that leave later: the world of one test at a time, which is closed after it. */
export function delays() {
  let world: World;
  afterEach(() => world.close());
  return {
    open: async (options: WorldOptions, ...services: readonly ServiceLiteral[]): Promise<World> =>
      (world = await worldWith(options, ...services, listener)),
    /** Adds an event that is to leave after so long, and resolves with its id. */
    tellIn: (delayMs: number, text = 'later', service = 'speaker'): Promise<string> =>
      world.work(service, TellWork).run(async ({ outbox, clock }) => {
        const at = new Date(clock.now().getTime() + delayMs);
        return outbox.add(process, First.of({ text, hops: 0 }), { at });
      }),
    cancel: (id: string, service = 'speaker'): Promise<boolean> =>
      world.work(service, TellWork).run(({ outbox }) => outbox.cancel(id)),
    /** What has been heard, each as often as it was taken for something new. */
    heard: async (): Promise<string[]> =>
      (await heardBy(world.storesOf('listener'))).flatMap(({ text, times }) => Array<string>(times).fill(text)),
    waiting: (service = 'speaker') => world.storesOf(service).outbox.delayedCount(),
    parked: (service = 'speaker'): Promise<{ error: string }[]> =>
      world.storesOf(service).reader.query((knex) => knex('kit_parked').select('error')),
  };
}
