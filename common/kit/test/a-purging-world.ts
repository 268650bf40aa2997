import type { ServiceLiteral } from 'saga-kit/service';
import type { RetentionDays, TopicRetention } from 'saga-kit/runtime';
import { FaultyBroker, SkewedClock, worldWith, type World, type WorldOptions } from 'saga-kit/testing';
import { ShippingWork, shippingSaga } from './a-shipping';
import { Packed } from './a-shop';

export const dayMs = 86_400_000;
/** From a start, or a clock that was set, to the end of the next round. */
export const roundMs = 660_000;
/** Everything is purged after this many days. */
export const monthly: RetentionDays = { inbox: 30, sagas: 30, parked: 30 };

export type Kept = (topic: string) => TopicRetention;
/** How long topics keep their records; `undefined`: nobody knows. */
export const kept =
  (keptDays: number | undefined, reason = `retention.ms=${keptDays}`): Kept =>
  (topic) => ({ topic, keptMs: keptDays === undefined ? undefined : keptDays * dayMs, reason });

const tables = ['kit_inbox', 'kit_sagas', 'kit_history', 'kit_parked'] as const;

/** A world whose services purge, and whose topics keep their records as a test says. */
export class PurgingWorld {
  broker!: FaultyBroker;
  world!: World;
  /** What was said, with its level in front. */
  readonly said: string[] = [];
  /** With which services are started. */
  days!: RetentionDays;
  /** That of the shop; its database has another one, as on a server. */
  shopClock!: SkewedClock;

  async open(retention: RetentionDays, topics: Kept, ...services: readonly ServiceLiteral[]): Promise<void> {
    this.days = retention;
    const days = () => this.days;
    const say = (level: string) => (fields: object, text: string) =>
      void this.said.push(`${level}: ${text} ${JSON.stringify(fields)}`);
    const options: WorldOptions = {
      get retention() {
        return days();
      },
      clock: (clock, service) => (service === 'shop' ? (this.shopClock = new SkewedClock(clock)) : clock),
      stores: (stores) => ({ ...stores, clock: { nowMs: async () => this.world?.clock.now().getTime() } }),
      log: { debug: () => {}, info: () => {}, warn: say('warn'), error: say('error') },
      broker: (real) => {
        this.broker = new FaultyBroker(real);
        this.broker.kept = topics;
        return this.broker;
      },
    };
    this.world = await worldWith(options, ...services);
  }

  /** Days in which nothing happens, and then a round of purging. */
  async passDays(days: number): Promise<void> {
    this.world.clock.goTo(this.world.clock.now().getTime() + days * dayMs);
    await this.world.pass(roundMs);
  }

  /** How many rows a service has. */
  async rowsOf(name: string): Promise<Readonly<Record<string, number>>> {
    const { reader } = this.world.storesOf(name);
    const counted = tables.map(async (table) => {
      const [row] = await reader.query((knex) => knex(table).count({ count: '*' }));
      return [table, Number(row!['count'])] as const;
    });
    return Object.fromEntries(await Promise.all(counted));
  }

  /** How much the shop has packed of each parcel: what was done twice counts twice. */
  async packed(): Promise<Readonly<Record<string, number>>> {
    const { reader } = this.world.storesOf('shop');
    const rows: { readonly tx_id: string; readonly count: number }[] = await reader.query((knex) => knex('parcels'));
    return Object.fromEntries(rows.map(({ tx_id: txId, count }) => [txId, count]));
  }

  begin(txId: string): Promise<void> {
    const parcel = { item: 'a', count: 1 };
    return this.world.work('shipping', ShippingWork).run(({ sagas }) => sagas.begin(shippingSaga, txId, parcel));
  }

  /** It changes nothing, and has a row of its own. */
  async answerUnasked(txId: string): Promise<void> {
    const causationId = `SHIPPING/${txId}/Wrap`;
    const correlation = { target: 'SHIPPING', txId, id: `${causationId}/answer`, causationId };
    await this.world.send(Packed.of({ item: 'a', count: 1 }), correlation);
    await this.world.settled();
  }

  async close(): Promise<void> {
    await this.world?.close();
  }
}
