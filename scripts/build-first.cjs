// Some tests run the system as processes of its own, from what is compiled.
const { execFileSync } = require('node:child_process');
const { join } = require('node:path');

module.exports = async () => {
  execFileSync(process.execPath, [join(__dirname, 'run.mjs'), 'build'], { stdio: 'inherit' });
};
