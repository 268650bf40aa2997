import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename } from 'node:path';

const { workspaces, engines } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'));

// Else it is better-sqlite3 that ends the process, without a word.
if (process.versions.node.localeCompare(engines.node.replace('>=', ''), 'en', { numeric: true }) < 0)
  throw new Error(`Node has to be ${engines.node}, and is ${process.versions.node}: "npm test" brings one`);

const project = (name, ...roots) => ({
  displayName: name,
  roots: roots.map((root) => `<rootDir>/${root}`),
  testMatch: ['**/*.test.ts', '!**/*.real.test.ts'],
  transform: {
    '\\.m?[jt]s$': [
      '@swc/jest',
      { jsc: { target: 'es2023', parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } },
    ],
  },
  transformIgnorePatterns: ['/node_modules/(?!httpxy/|@platformatic/)'],
  testEnvironmentOptions: { customExportConditions: ['@saga-kit/source', 'node', 'require', 'default'] },
});

/** Tests that run what is compiled. */
const built = (folder) =>
  ['common/cli', 'scripts'].includes(folder)
    ? { ...project(basename(folder), folder), globalSetup: '<rootDir>/scripts/build-first.cjs' }
    : undefined;

export default {
  maxWorkers: Math.max(2, availableParallelism() - 1), // of two cores jest would use one; many tests wait for others
  forceExit: Boolean(process.env.CI), // what a test leaves open is told where people see it, and holds up nothing where they do not
  testTimeout: 60_000, // machines are noisy: a test says that something happens, not how fast
  projects: [
    ...workspaces.map((workspace) => built(workspace) ?? project(basename(workspace), workspace)),
    built('scripts'),
    {
      ...project('real', ...workspaces, 'scripts'),
      testMatch: ['**/*.real.test.ts'],
      globalSetup: '<rootDir>/scripts/real-components.cjs',
      globalTeardown: '<rootDir>/scripts/end-real-components.cjs',
    },
  ],
};
