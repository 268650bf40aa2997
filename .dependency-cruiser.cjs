// Directions between files that a list of allowed imports cannot say. Each has to match some file: a test sees to it.
const { workspaces } = require('./package.json');
const services = workspaces.filter((workspace) => !workspace.includes('/'));
const anyService = `(${services.join('|')})`;

/** The rooms of the kit, and which others each may import from; type-only imports count. */
const kit = 'common/kit/src';
const files = '[a-z0-9.-]+\\.ts$';
const vocabulary = files;
const runtimeRooms = [
  'ports',
  'tracing',
  'relay',
  'transaction',
  'handling',
  'saga',
  'consumer',
  'projection',
  'retention',
  'operator',
].map((room) => `runtime/${room}/`);
const runtime = [...runtimeRooms, `runtime/${files}`];
const adapters = ['sql/', 'embedded/', 'kafka/', 'http/'];
const rooms = [
  { room: vocabulary, may: [] },
  { room: 'codec/', may: [vocabulary] },
  ...runtime.map((room, index) => ({ room, may: [vocabulary, 'codec/', ...runtime.slice(0, index)] })),
  ...adapters.map((room) => ({ room, may: [vocabulary, 'codec/', `runtime/${files}`] })),
  { room: 'app/', may: [vocabulary, 'codec/', `runtime/${files}`, ...adapters] },
];

module.exports = {
  forbidden: [
    ...rooms.map(({ room, may }) => ({
      name: `the-room-${room.replace(files, 'files').replace(/\W+/g, '-').replace(/-$/, '')}`,
      comment: `It may import from ${may.map((each) => each.replace(files, '*.ts')).join(', ') || 'nothing else'}.`,
      severity: 'error',
      from: { path: `^${kit}/${room}`, pathNot: '\\.test\\.ts$' },
      to: { path: `^${kit}/`, pathNot: `^${kit}/(${[room, ...may].join('|')})` },
    })),
    {
      name: 'no-cycles',
      comment: 'Two files that need each other are one idea, or lack a third.',
      severity: 'error',
      from: { path: `^(common/|scripts/|examples/|${anyService}/)` },
      to: { circular: true },
    },
    {
      name: 'no-orphans',
      comment: 'Nobody needs this file.',
      severity: 'error',
      from: { orphan: true, path: '/src/', pathNot: '\\.test\\.ts$' },
      to: {},
    },
    ...services.map((service) => ({
      name: `${service}-stands-alone`,
      comment: 'Services speak through contracts only.',
      severity: 'error',
      from: { path: `^${service}/src/` },
      to: { path: `^(${services.filter((other) => other !== service).join('|')})/` },
    })),
    {
      name: 'examples-stand-alone',
      comment: 'An example knows the package, its own service and its contracts.',
      severity: 'error',
      from: { path: '^examples/([^/]+)/([^/]+)/src/([^/]+)/', pathNot: '\\.test\\.ts$' },
      to: {
        path: `^(examples|${services.join('|')}|common/(contracts|cli))/`,
        pathNot: '^examples/$1/$2/src/($3/|contracts)',
      },
    },
    {
      name: 'inwards-only',
      comment: 'domain ← application ← adapters ← module',
      severity: 'error',
      from: { path: `^${anyService}/src/(domain|application)/` },
      to: { path: `^${anyService}/src/(adapters/|module|main)` },
    },
    {
      name: 'tests-stay-outside',
      comment: 'What is shipped does not need what tests it.',
      severity: 'error',
      from: {
        path: `^(common/kit/src/(codec|runtime|sql|embedded|kafka|http|app)|${anyService}/src)/`,
        pathNot: '\\.test\\.ts$',
      },
      to: { path: '^common/kit/src/(testing|conformance)/|\\.test\\.ts$' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|node_modules)/' },
    tsConfig: { fileName: 'tsconfig.tests.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      conditionNames: ['@saga-kit/source', 'import', 'require', 'node', 'default'],
      exportsFields: ['exports'],
    },
  },
};
