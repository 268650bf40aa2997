import { command, event, orchestrator, record, saga, UnitOfWork, type Orchestrator } from 'saga-kit';
import { ContainerModule, MessageHandler, service, type ServiceLiteral, UnitsOfWork } from 'saga-kit/service';
import { Pack, Unpack } from './a-shop';

/** A saga manager with no data of its own: it packs a parcel, and then hands it to a carrier. */
const fields = [
  { name: 'item', type: 'string' },
  { name: 'count', type: 'int' },
] as const;

export const Carried = event({ type: 'record', name: 'Carried', namespace: 'carrier', topic: 'carried', fields });
export const Carry = command({
  type: 'record',
  name: 'Carry',
  namespace: 'carrier',
  topic: 'carry',
  fields,
  reply: Carried,
  refusals: ['TOO_HEAVY'],
});

export const Parcel = record({ type: 'record', name: 'Parcel', namespace: 'shipping', fields });

export const shippingSaga = saga({
  name: 'SHIPPING',
  state: Parcel,
  compensatable: [{ do: Pack, undo: Unpack }],
  pivot: { do: Carry },
});

export abstract class ShippingWork extends UnitOfWork<{}> {}

/** How its sagas have ended, in order: `<end> <state as JSON>`. */
export const ended: string[] = [];
export const shippingOrchestrator = (definition: typeof shippingSaga): Orchestrator =>
  orchestrator(definition, ShippingWork, {
    completed: async (state) => void ended.push(`approved ${JSON.stringify(state)}`),
    rejected: async (state, { step, code }) => void ended.push(`${step} ${code} ${JSON.stringify(state)}`),
  });

export const aShipping = (definition: unknown = shippingSaga): ServiceLiteral =>
  service({
    name: 'shipping',
    migrations: [],
    bindings: new ContainerModule(({ bind }) => {
      bind(ShippingWork).toResolvedValue((unitsOfWork) => unitsOfWork.of(ShippingWork, {}), [UnitsOfWork]);
      bind(MessageHandler).toConstantValue(shippingOrchestrator(definition as typeof shippingSaga));
    }),
  });
