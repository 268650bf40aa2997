import { command, dispatcher, event, UnitOfWork, type Repository } from 'saga-kit';
import {
  ContainerModule,
  createsTable,
  integer,
  key,
  MessageHandler,
  service,
  type ServiceLiteral,
  table,
  text,
  UnitsOfWork,
} from 'saga-kit/service';

/** A small participant whose handlers do what a test says: everything is on one topic, so a key has one line. */
const topic = 'shop';
const fields = [
  { name: 'item', type: 'string' },
  { name: 'count', type: 'int' },
] as const;

export const Packed = event({ type: 'record', name: 'Packed', namespace: 'shop', topic: 'packed', fields });
export const Pack = command({
  type: 'record',
  name: 'Pack',
  namespace: 'shop',
  topic,
  fields,
  reply: Packed,
  refusals: ['NONE_LEFT'],
});
export const Unpacked = event({ type: 'record', name: 'Unpacked', namespace: 'shop', topic: 'packed', fields });
export const Unpack = command({
  type: 'record',
  name: 'Unpack',
  namespace: 'shop',
  topic,
  fields,
  reply: Unpacked,
  refusals: [],
});
/** On another topic: another line of the same key. */
export const Audited = event({ type: 'record', name: 'Audited', namespace: 'shop', topic: 'audits', fields });

export type Parcel = Readonly<{ txId: string; item: string; count: number }>;
abstract class ShopWork extends UnitOfWork<{ parcels: Repository<Parcel> }> {}
const parcelTable = table<Parcel>('parcels', { txId: key(64), item: text, count: integer });

/** `before` runs in front of each handler: it may throw, or wait. */
export function aShop(before: (item: string, txId: string) => void | Promise<void> = () => {}) {
  const handled: string[] = [];
  const shop = dispatcher([Pack, Unpack, Audited], ShopWork, {
    Pack: async ({ txId, message }, { parcels }) => {
      await before(message.item, txId);
      handled.push(message.item);
      const { count } = (await parcels.get(txId)) ?? { count: 0 };
      parcels.put({ txId, item: message.item, count: count + message.count });
      return Packed.of(message);
    },
    Unpack: async ({ txId, message }, { parcels }) => {
      const parcel = await parcels.get(txId);
      if (parcel) parcels.put({ ...parcel, count: parcel.count - message.count });
      return Unpacked.of(message);
    },
    Audited: async ({ txId, message }) => {
      await before(message.item, txId);
      handled.push(`audit of ${message.item}`);
      return [];
    },
  });
  const literal: ServiceLiteral = service({
    name: 'shop',
    migrations: [createsTable('shop-001-parcels', parcelTable)],
    bindings: new ContainerModule(({ bind }) => {
      bind(ShopWork).toResolvedValue(
        (unitsOfWork) => unitsOfWork.of(ShopWork, { parcels: parcelTable }),
        [UnitsOfWork],
      );
      bind(MessageHandler).toConstantValue(shop);
    }),
  });
  return { literal, handled };
}
