import { CheckUser, CreateTicket, Pay, RefundPayment, RejectTicket } from '@saga-kit/contracts';
import { kitchen } from '@saga-kit/kitchen';
import { payment } from '@saga-kit/payment';
import { user } from '@saga-kit/user';
import { KitchenWork } from '../../kitchen/src/application/kitchen-work';
import { PaymentWork } from '../../payment/src/application/payment-dispatcher';
import { UserWork } from '../../user/src/application/user-dispatcher';
import type { Command, Message } from 'saga-kit';
import { SampleData, type ServiceLiteral } from 'saga-kit/service';
import type { World } from 'saga-kit/testing';

/** A service that takes commands, what it can be asked, and what shows that it was done. */
export interface Participant {
  readonly service: ServiceLiteral;
  readonly command: Command;
  readonly ask: (orderId: string) => Message;
  /** An ask that is refused, with which code, and what would make it acceptable. */
  readonly refused: {
    readonly ask: (orderId: string) => Message;
    readonly code: string;
    readonly cure: (world: World) => Promise<void>;
  };
  readonly undo?: { readonly command: Command; readonly ask: (orderId: string) => Message };
  /** Reads what `ask` changes; the same value again after its undo. */
  readonly effect: (world: World, name: string) => Promise<unknown>;
}

const rowsOf = (world: World, name: string, sql: (knex: any) => Promise<unknown>) =>
  world.storesOf(name).reader.query(sql);

export const participants: readonly Participant[] = [
  {
    service: user,
    command: CheckUser,
    ask: () => CheckUser.of({ userId: 1 }),
    refused: {
      ask: () => CheckUser.of({ userId: 10 }),
      code: 'USER_ABNORMAL',
      cure: (world) =>
        world.work('user', UserWork).run(async ({ users }) => users.put({ userId: 10, name: 'Ten', status: 'NORMAL' })),
    },
    effect: async () => 'none',
  },
  {
    service: kitchen,
    command: CreateTicket,
    ask: (orderId) => CreateTicket.of({ orderId, userId: 1, items: [{ productId: 1, quantity: 2 }] }),
    refused: {
      ask: (orderId) =>
        CreateTicket.of({
          orderId,
          userId: 1,
          items: [
            { productId: 1, quantity: 1 },
            { productId: 18, quantity: 1 },
          ],
        }),
      code: 'SOLD_OUT',
      cure: (world) =>
        world.work('kitchen', KitchenWork).run(async ({ products }) => {
          const product = await products.get(18);
          if (product) products.put({ ...product, stock: 5 });
        }),
    },
    undo: { command: RejectTicket, ask: (orderId) => RejectTicket.of({ orderId, userId: 1 }) },
    effect: (world, name) =>
      rowsOf(world, name, async (knex) => [await knex('products').where('product_id', 1), await knex('kitchens')]),
  },
  {
    service: payment,
    command: Pay,
    ask: (orderId) => Pay.of({ orderId, userId: 1, totalPrice: 700 }),
    refused: {
      ask: (orderId) => Pay.of({ orderId, userId: 2, totalPrice: 1e15 }),
      code: 'REJECT_DURING_PAYMENT',
      cure: (world) =>
        world.work('payment', PaymentWork).run(async ({ accounts }) => accounts.put({ userId: 2, balance: 1e15 })),
    },
    undo: { command: RefundPayment, ask: (orderId) => RefundPayment.of({ orderId }) },
    effect: (world, name) => rowsOf(world, name, (knex) => knex('accounts').where('user_id', 1)),
  },
];

/** Loads what the participants need: the sample data. */
export const withSamples = async (world: World, name: string): Promise<void> => {
  await world.get(name, SampleData).load();
};
