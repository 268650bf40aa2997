import { labelled, together } from './prometheus-text';

const one = `# HELP ready Whether
# TYPE ready gauge
ready{service="order"} 1

# HELP sent How many
# TYPE sent counter
sent{service="order",topic="a {b} c"} 2
`;
const other = `# HELP ready Whether it is
# TYPE ready gauge
ready{service="user"} 0
# TYPE own gauge
own 1.5e3 1700000000000
`;

test('what has one name stands together and is described once', () => {
  expect(together([one, other]).split('\n')).toEqual([
    '# HELP ready Whether',
    '# TYPE ready gauge',
    'ready{service="order"} 1',
    'ready{service="user"} 0',
    '# HELP sent How many',
    '# TYPE sent counter',
    'sent{service="order",topic="a {b} c"} 2',
    '# TYPE own gauge',
    'own 1.5e3 1700000000000',
    '',
  ]);
});

test('all of a histogram stands together, though one of the texts has nothing of it', () => {
  const nothing = '# TYPE took histogram\n# TYPE own gauge\nown 1\n';
  const some = '# TYPE took histogram\ntook_bucket{le="1"} 2\ntook_sum 1\ntook_count 2\nown_count 3\n';
  expect(together([nothing, some]).split('\n')).toEqual([
    ...['# TYPE took histogram', 'took_bucket{le="1"} 2', 'took_sum 1', 'took_count 2'],
    ...['# TYPE own gauge', 'own 1', 'own_count 3', ''],
  ]);
});

test('each sample gets a label more, and nothing else does', () => {
  expect(labelled(`${one}own 1.5e3 1700000000000`, 'instance', 'x').split('\n')).toEqual([
    '# HELP ready Whether',
    '# TYPE ready gauge',
    'ready{service="order",instance="x"} 1',
    '',
    '# HELP sent How many',
    '# TYPE sent counter',
    'sent{service="order",topic="a {b} c",instance="x"} 2',
    'own{instance="x"} 1.5e3 1700000000000',
  ]);
});
