// What `saga-kit start` runs in this folder.
const { defineConfig } = require('@saga-kit/cli');
const { delivery } = require('./dist/delivery/module');
const { order } = require('./dist/order/module');
const { product } = require('./dist/product/module');

/** With the sample data there is something to order. */
const next = (url) =>
  process.env.SAMPLE_DATA === '0'
    ? `All routes: ${url} in a browser`
    : `
Place an order, and read its story:
  curl -i ${url}/orders -H 'Content-Type: application/json' -d '{"productId": 1, "quantity": 2, "customerId": 1, "customerName": "Ada", "address": "1 Main Street"}'
  curl ${url}/orders/<orderId>/story
All routes: ${url} in a browser`;

module.exports = defineConfig({
  title: 'The mall, as a choreography',
  services: [order, product, delivery],
  story: '/orders/:txId/story',
  next,
});
