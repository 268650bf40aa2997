#!/usr/bin/env node
// The command is a package of its own, so that a service that only runs needs none of it.
const { createRequire } = require('node:module');
const { join } = require('node:path');

let main;
try {
  main = createRequire(join(process.cwd(), 'package.json')).resolve('@saga-kit/cli/main');
} catch {
  console.error(
    'saga-kit is not installed here as a command. Install it with:\n\n  npm install --save-dev @saga-kit/cli',
  );
  process.exit(2);
}
require(main);
