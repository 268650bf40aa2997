import { dispatcher, UnitOfWork, type Repository, type TargetEventMessage } from 'saga-kit';
import {
  ContainerModule,
  createsTable,
  integer,
  key,
  MessageHandler,
  service,
  table,
  UnitsOfWork,
} from 'saga-kit/service';
import {
  DeliveryCancelled,
  DeliveryStarted,
  OrderCancelled,
  OrderCompleted,
  OrderPlaced,
  ProductChanged,
  ProductOutOfStock,
  StockDecreased,
} from '../src/contracts';

/** How often something has happened to an order, or to a product. */
export type Entry = Readonly<{ id: string; times: number }>;
const entries = table<Entry>('entries', { id: key(130), times: integer });
abstract class Books extends UnitOfWork<{ entries: Repository<Entry> }> {}

/** Adds up, and asks nothing: a message that is handled twice is counted twice. */
const count =
  (name: string) => async (received: TargetEventMessage, ports: { readonly entries: Repository<Entry> }) => {
    const id = `${name} ${received.txId}`;
    const known = await ports.entries.get(id);
    ports.entries.put({ id, times: (known?.times ?? 0) + 1 });
    return [];
  };

const ofOrders = [OrderPlaced, OrderCancelled, OrderCompleted] as const;
const ofOthers = [ProductChanged, StockDecreased, ProductOutOfStock, DeliveryStarted, DeliveryCancelled] as const;

/** Somebody who hears everything, and has nothing but the inbox that keeps him from counting twice. */
export const bookkeeper = service({
  name: 'mall-bookkeeper',
  migrations: [createsTable('bookkeeper-001-entries', entries)],
  bindings: new ContainerModule(({ bind }) => {
    bind(Books).toResolvedValue((works) => works.of(Books, { entries }), [UnitsOfWork]);
    bind(MessageHandler).toConstantValue(
      dispatcher([...ofOrders, ...ofOthers] as const, Books, {
        OrderPlaced: count('OrderPlaced'),
        OrderCancelled: count('OrderCancelled'),
        OrderCompleted: count('OrderCompleted'),
        ProductChanged: count('ProductChanged'),
        StockDecreased: count('StockDecreased'),
        ProductOutOfStock: count('ProductOutOfStock'),
        DeliveryStarted: count('DeliveryStarted'),
        DeliveryCancelled: count('DeliveryCancelled'),
      }),
    );
  }),
});
