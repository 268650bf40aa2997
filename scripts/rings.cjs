// Who may import what, and why. ESLint enforces it; a test makes sure that every ring still has files in it.
const { workspaces } = require('../package.json');
const services = `{${workspaces.filter((workspace) => !workspace.includes('/')).join(',')}}`;
const kit = 'common/kit/src';

/** `allows`: what an import may look like; anything else is answered with `because`. */
const rings = [
  {
    name: 'domain',
    files: [`${services}/src/domain/**/*.ts`],
    allows: ['\\./'],
    because:
      'The domain is functions over values: it imports only its neighbours ("./…"). What needs a clock, an id, a message or a database belongs into application/, which passes in what the domain needs.',
  },
  {
    name: 'application',
    files: [`${services}/src/application/**/*.ts`],
    allows: ['\\./', '\\.\\./domain/', 'saga-kit$', '@saga-kit/contracts$'],
    because:
      'A use case knows the domain, the contracts and the vocabulary of "saga-kit". What it needs from a database or from HTTP is a port declared here and implemented in adapters/; module.ts says which class that is.',
  },
  {
    name: 'adapters',
    files: [`${services}/src/adapters/**/*.ts`],
    allows: [
      '\\./',
      '\\.\\./(application|domain)/',
      'saga-kit(/(service|http))?$',
      '@saga-kit/contracts$',
      'zod$',
      'knex$',
    ],
    because:
      'An adapter implements a port of application/ with "saga-kit/…". It does not know the module it is bound in, nor any other service: services speak through contracts.',
  },
  {
    name: 'contracts',
    files: ['common/contracts/src/**/*.ts'],
    allows: ['\\./', 'saga-kit$', 'saga-kit/testing$'],
    because: 'Contracts are data that every service shares: they know the vocabulary, and no service.',
  },
  {
    name: 'the services of the examples',
    files: ['examples/*/*/src/*/**/*.ts'],
    allows: ['\\./', '\\.\\./contracts$', 'saga-kit(/(service|http))?$', 'zod$'],
    because:
      'An example is what a team outside would write: it imports what the package offers, its own service and its contracts, and no other service.',
  },
  {
    name: 'the contracts of the examples',
    files: ['examples/*/*/src/*.ts'],
    allows: ['\\./', 'saga-kit$'],
    because: 'The contracts of an example are data that its services share: they know the vocabulary, and no service.',
  },
  {
    name: 'the tests of the examples',
    files: ['examples/*/*/test/**/*.ts'],
    tests: true,
    allows: ['\\./', '\\.\\./src/', 'saga-kit(/(service|http|testing))?$', 'zod$', 'fast-check$'],
    because:
      'A test of an example is what a team outside would write: it has its example, and what the package offers.',
  },
  {
    name: 'the vocabulary of the kit',
    files: [`${kit}/*.ts`],
    allows: ['\\./[a-z-]+$'],
    because:
      'The vocabulary depends on nothing, so that domain-side code stays free of every library. What needs one belongs into a folder beside it.',
  },
  {
    name: 'the codec',
    files: [`${kit}/codec/**/*.ts`],
    allows: ['\\./', '\\.\\./[a-z-]+$', 'avsc$'],
    because: 'The codec turns envelopes into bytes: it knows the vocabulary and avsc, neither a broker nor a database.',
  },
  {
    name: 'the runtime',
    files: [`${kit}/runtime/**/*.ts`],
    allows: ['\\./', '(\\.\\./){1,2}[a-z-]+', 'node:', 'avsc$', 'prom-client$', '@opentelemetry/api$'], // which rooms it may come to is .dependency-cruiser.cjs's
    because: 'The runtime knows neither Kafka nor a database: it speaks through its ports, Broker and the stores.',
  },
  {
    name: 'the adapters of the kit',
    files: [`${kit}/{sql,embedded,kafka,http}/**/*.ts`],
    allows: ['\\./', '(\\.\\./)+[a-z-]+$', '[^.]'],
    because:
      'An adapter implements a port of runtime/ or codec/ and imports no other adapter; app/ puts them together.',
  },
  {
    name: 'the entries of the kit',
    files: [`${kit}/entries/*.ts`],
    allows: ['\\.\\./[a-z-]+', 'inversify$'],
    because: 'An entry says which names of the rooms are for whom, and holds nothing of its own.',
  },
];

const testFiles = ['**/*.test.ts'];

/** As ESLint wants it. */
const ringRules = rings.map(({ files, allows, because, tests }) => ({
  files,
  ignores: tests ? [] : testFiles,
  rules: {
    'no-restricted-imports': ['error', { patterns: [{ regex: `^(?!${allows.join('|')})`, message: because }] }],
  },
}));

module.exports = { rings, ringRules, services };
