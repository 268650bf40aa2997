import { command, dispatcher, event, orchestrator, record, saga, UnitOfWork, type Repository } from 'saga-kit';
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
import type { Ending } from 'saga-kit/testing';

/** The smallest system of two services: a shop that sells, and a bank that is asked to pay and may say no. */
const fields = [
  { name: 'purchaseId', type: 'string' },
  { name: 'price', type: 'int' },
] as const;
const message = { type: 'record', namespace: 'purchase', fields } as const;
const Reserved = event({ ...message, name: 'Reserved', topic: 'bank-to-shop' });
const Reserve = command({
  ...message,
  name: 'Reserve',
  topic: 'shop-to-bank',
  reply: Reserved,
  refusals: ['NO_MONEY'],
});
const Released = event({ ...message, name: 'Released', topic: 'bank-to-shop' });
const Release = command({ ...message, name: 'Release', topic: 'shop-to-bank', reply: Released, refusals: [] });
const Paid = event({ ...message, name: 'Paid', topic: 'bank-to-shop' });
const Pay = command({ ...message, name: 'Pay', topic: 'shop-to-bank', reply: Paid, refusals: ['TOO_MUCH'] });

const purchase = saga({
  name: 'PURCHASE',
  state: record({ ...message, name: 'Purchase' }),
  compensatable: [{ do: Reserve, undo: Release }],
  pivot: { do: Pay },
});

type Purchase = Readonly<{ purchaseId: string; price: number; status: string }>;
const purchases = table<Purchase>('purchases', { purchaseId: key(36), price: integer, status: key(20) });
abstract class ShopWork extends UnitOfWork<{ purchases: Repository<Purchase> }> {}
const shop = service({
  name: 'shop',
  migrations: [createsTable('shop-001-purchases', purchases)],
  bindings: new ContainerModule(({ bind }) => {
    bind(ShopWork).toResolvedValue((unit) => unit.of(ShopWork, { purchases }), [UnitsOfWork]);
    bind(MessageHandler).toConstantValue(
      orchestrator(purchase, ShopWork, {
        completed: async ({ purchaseId, price }, own) => own.purchases.put({ purchaseId, price, status: 'PAID' }),
        rejected: async ({ purchaseId, price }, { code }, own) =>
          own.purchases.put({ purchaseId, price, status: code }),
      }),
    );
  }),
});

type Account = Readonly<{ name: string; reserved: number; paid: number }>;
const accounts = table<Account>('accounts', { name: key(10), reserved: integer, paid: integer });
abstract class BankWork extends UnitOfWork<{ accounts: Repository<Account> }> {}
const name = 'ada';
/** Adds to what is there: whatever is done twice is seen. */
const add = async (more: Omit<Account, 'name'>, own: { readonly accounts: Repository<Account> }) => {
  const { reserved, paid } = (await own.accounts.get(name)) ?? { reserved: 0, paid: 0 };
  own.accounts.put({ name, reserved: reserved + more.reserved, paid: paid + more.paid });
};
const mostAtOnce = 100;
const bank = service({
  name: 'bank',
  migrations: [createsTable('bank-001-accounts', accounts)],
  bindings: new ContainerModule(({ bind }) => {
    bind(BankWork).toResolvedValue((unit) => unit.of(BankWork, { accounts }), [UnitsOfWork]);
    bind(MessageHandler).toConstantValue(
      dispatcher([Reserve, Release, Pay] as const, BankWork, {
        Reserve: async ({ message: { purchaseId, price } }, own) => {
          await add({ reserved: price, paid: 0 }, own);
          return Reserved.of({ purchaseId, price });
        },
        Release: async ({ message: { purchaseId, price } }, own) => {
          await add({ reserved: -price, paid: 0 }, own);
          return Released.of({ purchaseId, price });
        },
        Pay: async ({ message: { purchaseId, price } }, own) => {
          if (price > mostAtOnce) return Pay.refuse('TOO_MUCH', `${price} is more than ${mostAtOnce}`);
          await add({ reserved: -price, paid: price }, own);
          return Paid.of({ purchaseId, price });
        },
      }),
    );
  }),
});

/** A purchase, and what has become of it and of the account in the end. */
export const aPurchase = (price: number, status: string): Ending<void> => ({
  name: status,
  services: [shop, bank],
  act: async (system) => {
    const purchaseId = 'p1';
    await system.ask('shop', ({ container }) =>
      container.get<ShopWork>(ShopWork).run(async ({ purchases: own, sagas }) => {
        if (await own.get(purchaseId)) return; // asked again, since the answer was lost
        own.add({ purchaseId, price, status: 'PENDING' });
        await sagas.begin(purchase, purchaseId, { purchaseId, price });
      }),
    );
    return async () => {
      const [bought] = await system.query<Purchase>('shop', 'select * from purchases');
      const [account] = await system.query<Account>('bank', 'select * from accounts');
      const is = `${bought?.status}, ${account?.reserved ?? 0} reserved and ${account?.paid ?? 0} paid`;
      const wanted = `${status}, 0 reserved and ${status === 'PAID' ? price : 0} paid`;
      return is === wanted ? [] : [`it had to be ${wanted}, and is ${is}`];
    };
  },
});
