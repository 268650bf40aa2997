import { event } from 'saga-kit';

/**
 * A topic for each service, and a key for each event: events of one key keep their order. What happens to an order bears its
 * orderId, also StockDecreased and ProductOutOfStock: they belong to its story, and it is the order that waits for them.
 * ProductChanged bears its productId: it is about the product, whoever has caused it.
 */
const ofOrder = { type: 'record', namespace: 'mall.order', topic: 'mall-order-events' } as const;
const ofProduct = { type: 'record', namespace: 'mall.product', topic: 'mall-product-events' } as const;
const ofDelivery = { type: 'record', namespace: 'mall.delivery', topic: 'mall-delivery-events' } as const;

const orderId = { name: 'orderId', type: 'string' } as const;
const productId = { name: 'productId', type: 'long' } as const;
const quantity = { name: 'quantity', type: 'long' } as const;
const customerName = { name: 'customerName', type: 'string', sensitive: true } as const;
const address = { name: 'address', type: 'string', sensitive: true } as const;
const price = { name: 'price', type: 'long', doc: 'of one piece, in cents' } as const;
const deliveryId = { name: 'deliveryId', type: 'string' } as const;

const customerId = { name: 'customerId', type: 'long' } as const;
const placed = [orderId, productId, quantity, customerId, customerName, address, price] as const;
export const OrderPlaced = event({ ...ofOrder, name: 'OrderPlaced', fields: placed });
const reason = { name: 'reason', type: 'string' } as const;
const cancelled = [orderId, productId, quantity, reason] as const;
export const OrderCancelled = event({ ...ofOrder, name: 'OrderCancelled', fields: cancelled });
export const OrderCompleted = event({ ...ofOrder, name: 'OrderCompleted', fields: [orderId] });

const name = { name: 'name', type: 'string' } as const;
const stock = { name: 'stock', type: 'long' } as const;
const version = { name: 'version', type: 'long', doc: 'grows with each change of this product' } as const;
const changed = [productId, name, price, stock, version] as const;
export const ProductChanged = event({ ...ofProduct, name: 'ProductChanged', fields: changed });
export const StockDecreased = event({ ...ofProduct, name: 'StockDecreased', fields: [orderId, productId, quantity] });
export const ProductOutOfStock = event({ ...ofProduct, name: 'ProductOutOfStock', fields: [productId, orderId] });

const started = [deliveryId, orderId, customerName, address] as const;
export const DeliveryStarted = event({ ...ofDelivery, name: 'DeliveryStarted', fields: started });
export const DeliveryCancelled = event({ ...ofDelivery, name: 'DeliveryCancelled', fields: [deliveryId, orderId] });
