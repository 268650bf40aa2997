// What `saga-kit start` runs in this folder.
const { defineConfig } = require('@saga-kit/cli');
const { delivery } = require('./dist/delivery/module');
const { order } = require('./dist/order/module');
const { product } = require('./dist/product/module');

/** Nothing is there yet: the first call makes something to order. */
const next = (url) => `
Add a product, order it with the productId that you get, and read what has happened to the order:
  curl ${url}/products -H 'Content-Type: application/json' -d '{"name": "TV", "stock": 100}'
  curl ${url}/orders -H 'Content-Type: application/json' -d '{"productId": "<productId>", "quantity": 10, "userId": 1}'
  curl ${url}/orders/<orderId>/events
All routes: ${url} in a browser`;

module.exports = defineConfig({
  title: 'The mall, as an orchestration',
  services: [order, product, delivery],
  story: '/orders/:txId/story',
  next,
});
