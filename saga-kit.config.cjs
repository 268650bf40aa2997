// What `saga-kit` runs: the services are the workspaces of package.json, each by the one service that its module exports.
const { defineConfig } = require('@saga-kit/cli');
const { stubRules } = require('@saga-kit/contracts');
const { workspaces } = require('./package.json');

const names = workspaces.filter((workspace) => !workspace.startsWith('common/'));

module.exports = defineConfig({
  title: 'The order system',
  services: names.flatMap((name) => Object.values(require(`@saga-kit/${name}`))),
  stubRules,
});
