// What `saga-kit` runs: the services are the workspaces of package.json that have a folder of this one, each by the one service that its module exports.
const { defineConfig } = require('@saga-kit/cli');
const { stubRules } = require('@saga-kit/contracts');
const { routesAt } = require('saga-kit/tools');
const { workspaces } = require('./package.json');

const names = workspaces.filter((workspace) => !workspace.includes('/'));

/** With the sample data there is somebody to order, and something to eat. */
const next = (url) =>
  process.env.SAMPLE_DATA === '0'
    ? routesAt(url)
    : `
Place an order, and see what became of it:
  curl -i ${url}/orders -H 'Content-Type: application/json' -d '{"userId": 1, "items": [{"productId": 1, "quantity": 2}]}'
  curl ${url}/orders
${routesAt(url)}`;

module.exports = defineConfig({
  title: 'The order system',
  services: names.flatMap((name) => Object.values(require(`@saga-kit/${name}`))),
  stubRules,
  story: '/orders/:txId/story',
  next,
});
