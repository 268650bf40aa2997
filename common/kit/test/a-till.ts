import { command, dispatcher, event, orchestrator, record, saga, UnitOfWork, type Refusal } from 'saga-kit';
import { route, Routes } from 'saga-kit/http';
import { ContainerModule, MessageHandler, service, UnitsOfWork, type ServiceLiteral } from 'saga-kit/service';
import { z } from 'zod';

/** An order that is full of what is nobody's business: it is charged, and then delivered. */
const fields = [
  { name: 'name', type: 'string' },
  { name: 'address', type: 'string' },
  { name: 'card', type: 'string' },
] as const;
const message = { type: 'record', namespace: 'till', fields } as const;

export const Charged = event({ ...message, name: 'Charged', topic: 'charged' });
export const Charge = command({
  ...message,
  name: 'Charge',
  topic: 'charge',
  reply: Charged,
  refusals: ['DECLINED'],
});
export const Delivered = event({ ...message, name: 'Delivered', topic: 'delivered' });
export const Deliver = command({ ...message, name: 'Deliver', topic: 'deliver', reply: Delivered, refusals: [] });
const Purchase = record({ ...message, name: 'Purchase' });

export const purchase = saga({
  name: 'PURCHASE',
  state: Purchase,
  compensatable: [{ do: Charge, undo: 'nothing' }],
  pivot: { do: Deliver, retryAfterMs: 10 },
});
export abstract class PurchaseWork extends UnitOfWork<{}> {}
abstract class TillWork extends UnitOfWork<{}> {}

const order = z.object({ name: z.string(), address: z.string(), card: z.string() });

/** Its endings fail with all that they know, and so does its route. */
export const aBuyer = (): ServiceLiteral =>
  service({
    name: 'buyer',
    migrations: [],
    bindings: new ContainerModule(({ bind }) => {
      const fail = async (state: object) => Promise.reject(new Error(`cannot end ${JSON.stringify(state)}`));
      const handler = orchestrator(purchase, PurchaseWork, { completed: fail, rejected: fail });
      bind(PurchaseWork).toResolvedValue((unitsOfWork) => unitsOfWork.of(PurchaseWork, {}), [UnitsOfWork]);
      bind(MessageHandler).toConstantValue(handler);
      const answers = { 200: z.string() };
      const buys = { method: 'POST', path: '/purchases', summary: 'Buys', body: order, answers } as const;
      bind(Routes).toConstantValue({ routes: [route(buys, ({ body }) => fail(body))] });
    }),
  });

/** Charges as the test says. */
export const aTill = (charge: (txId: string, text: string) => Refusal<'DECLINED'> | undefined): ServiceLiteral =>
  service({
    name: 'till',
    migrations: [],
    bindings: new ContainerModule(({ bind }) => {
      bind(TillWork).toResolvedValue((unitsOfWork) => unitsOfWork.of(TillWork, {}), [UnitsOfWork]);
      bind(MessageHandler).toConstantValue(
        dispatcher([Charge], TillWork, {
          Charge: async ({ txId, message }) => charge(txId, JSON.stringify(message)) ?? Charged.of(message),
        }),
      );
    }),
  });
