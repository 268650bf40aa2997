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

const order = (label, userId, productId, quantity) => ({
  label,
  method: 'POST',
  path: '/orders',
  body: { userId, items: [{ productId, quantity }] },
});

/** One for every way in which an order can end. */
const demonstration = {
  requests: [
    order('Approved', 1, 1, 2),
    order('Refused: the user is abnormal', 10, 1, 1),
    order('Refused: sold out', 1, 18, 1),
    order('Refused: too dear', 1, 20, 1),
    order('Refused by the pivot: withdrawn', 1, 19, 1),
  ],
  silence: { label: 'The kitchen is silent', service: 'kitchen' },
};

module.exports = defineConfig({
  title: 'The order system',
  services: names.flatMap((name) => Object.values(require(`@saga-kit/${name}`))),
  stubRules,
  scenarios: () => require('./scripts/dist/simulation/scenarios').scenarios(),
  story: '/orders/:txId/story',
  next,
  ...(process.env.SAMPLE_DATA !== '0' && { console: demonstration }),
});
