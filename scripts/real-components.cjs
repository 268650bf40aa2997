// Tests of the project "real" talk to Kafka, a registry and MySQL: what is not there is started for this run of jest alone.
const { join } = require('node:path');
const buildFirst = require('./build-first.cjs');

let infra;

module.exports = async () => {
  await buildFirst();
  const { infraForTests } = require(join(__dirname, '..', 'common', 'cli', 'dist', 'infra', 'for-tests.js'));
  infra = await infraForTests({ env: process.env, say: (line) => console.error(line) });
  for (const [variable, value] of Object.entries(infra.variables))
    if (value === undefined) delete process.env[variable];
    else process.env[variable] = value;
};

module.exports.close = () => infra?.close();
