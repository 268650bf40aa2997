import { command, event, record } from 'saga-kit';

const orderId = { name: 'orderId', type: 'string' } as const;
const productId = { name: 'productId', type: 'string' } as const;
const quantity = { name: 'quantity', type: 'long' } as const;
const userId = { name: 'userId', type: 'long' } as const;
const fields = [orderId, productId, quantity, userId] as const;

const ofOrder = { type: 'record', namespace: 'mall.orchestrated.order', fields } as const;
/** What the saga knows of an order. */
export const Placement = record({ ...ofOrder, name: 'Placement' });
export const OrderPlaced = event({ ...ofOrder, name: 'OrderPlaced', topic: 'mall-orchestrated-orders' });

const ofDelivery = { type: 'record', namespace: 'mall.orchestrated.delivery' } as const;
const toDelivery = { ...ofDelivery, topic: 'mall-orchestrated-to-delivery' } as const;
const fromDelivery = { ...ofDelivery, topic: 'mall-orchestrated-from-delivery', fields: [orderId] } as const;
export const DeliveryStarted = event({ ...fromDelivery, name: 'DeliveryStarted' });
export const DeliveryCancelled = event({ ...fromDelivery, name: 'DeliveryCancelled' });
const starts = { fields, reply: DeliveryStarted, refusals: ['TOO_LARGE'] } as const;
const cancels = { fields: [orderId], reply: DeliveryCancelled, refusals: [] } as const;
export const StartDelivery = command({ ...toDelivery, name: 'StartDelivery', ...starts });
export const CancelDelivery = command({ ...toDelivery, name: 'CancelDelivery', ...cancels });

const ofProduct = { type: 'record', namespace: 'mall.orchestrated.product' } as const;
const fromProduct = { ...ofProduct, topic: 'mall-orchestrated-from-product', fields: [orderId] } as const;
const toProduct = { ...ofProduct, topic: 'mall-orchestrated-to-product', fields } as const;
export const StockDecreased = event({ ...fromProduct, name: 'StockDecreased' });
const decreases = { reply: StockDecreased, refusals: ['OUT_OF_STOCK', 'UNKNOWN_PRODUCT'] } as const;
export const DecreaseStock = command({ ...toProduct, name: 'DecreaseStock', ...decreases });
