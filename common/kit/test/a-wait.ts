import type { ServiceLiteral } from 'saga-kit/service';
import type { Log } from 'saga-kit/runtime';
import { FaultyBroker, stub, worldWith, type World, type WorldOptions } from 'saga-kit/testing';
import { Carry, ended, shippingSaga, ShippingWork } from './a-shipping';
import { Pack, Unpack } from './a-shop';

/** What a saga is told whose first step was given up when it was time. */
export const givenUp = { code: 'DEADLINE_EXCEEDED', error_message: 'Pack was not answered within 60000 ms' };
export const completed = (txId: string) => `approved {"item":"${txId}","count":1}`;

/** For tests of how long a saga waits: the world of one test at a time, which is closed after it. */
export function waits() {
  const warnings: string[] = [];
  const quiet = () => {};
  const log: Log = { debug: quiet, info: quiet, warn: (_, message) => void warnings.push(message), error: quiet };
  let world: World;
  let faults: FaultyBroker;
  const broker: WorldOptions['broker'] = (real) => (faults = new FaultyBroker(real));
  beforeEach(() => {
    ended.splice(0);
    warnings.splice(0);
  });
  afterEach(() => world.close());

  const sagaOf = (txId: string, service = 'shipping') => {
    const { reader } = world.storesOf(service);
    const id = `SHIPPING/${txId}`;
    return reader.query((knex) => knex('kit_sagas').where({ id }).first());
  };
  return {
    warnings,
    sagaOf,
    /** With participants that answer. */
    open: async (options: WorldOptions, ...services: readonly ServiceLiteral[]): Promise<World> =>
      (world = await worldWith(
        { broker, log, ...options },
        ...services,
        stub('shop', [Pack, Unpack]),
        stub('carrier', [Carry]),
      )),
    faults: () => faults,
    nobodyAnswers: () => void (faults.loses = ({ topic }) => topic === Pack.reply.topic),
    begin: (txId: string, service = 'shipping') =>
      world.work(service, ShippingWork).run(({ sagas }) => sagas.begin(shippingSaga, txId, { item: txId, count: 1 })),
    /** So much time passes, and the saga is not given up in it. */
    stillWaits: async (durationMs: number, txId: string, service = 'shipping'): Promise<void> => {
      for (let passedMs = 0; passedMs < durationMs; passedMs += 1_000) {
        await world.pass(1_000);
        expect(await sagaOf(txId, service)).toMatchObject({ status: 'running', code: null });
      }
    },
  };
}
