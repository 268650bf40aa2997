import { ran, typed } from '../../common/cli/test/run-command';
import { trafficOf } from '../../common/cli/src/command/traffic';
import { services } from '../src/services';
import { acls, rightsOf } from '../../common/cli/src/topics/acls';

const rights = rightsOf(services);
const namesOf = (service: string, operation: string) =>
  rights
    .filter((right) => right.service === service && right.operations.some((each) => each === operation))
    .map(({ name }) => name);

test('a service may read what it listens to, write what it sends, and join its own group', () => {
  expect(rights.filter(({ service }) => service === 'user')).toEqual([
    {
      service: 'user',
      resource: 'topic',
      name: 'order-to-user-status',
      operations: ['Read', 'Describe', 'DescribeConfigs'],
    },
    { service: 'user', resource: 'topic', name: 'user-to-order-status', operations: ['Write', 'Describe'] },
    { service: 'user', resource: 'group', name: 'user', operations: ['Read'] },
  ]);
  expect(namesOf('payment', 'Write')).toEqual(['payment-to-order-pay', 'payment-to-order-pay-status']);
});

test('a topic has no two services that may write to it, and of the topics of the order service each has one that may read it', () => {
  const { topics } = trafficOf(services);
  const may = (operation: string) =>
    services.flatMap(({ name }) => namesOf(name, operation)).filter((name) => topics.includes(name));
  expect(may('Write').sort()).toEqual([...new Set(may('Write'))].sort());
  for (const name of namesOf('order', 'Write')) expect(may('Read').filter((each) => each === name)).toHaveLength(1);
});

test('as it is typed it needs no Kafka, and prints a line for each', async () => {
  const { code, said, hinted } = await typed(['topics', 'acls'], { KAFKA_BROKERS: '' });
  expect([code, hinted]).toEqual([0, '']);
  const lines = said.trim().split('\n');
  expect(lines).toHaveLength(rights.length);
  expect(lines).toContain(
    'kafka-acls.sh --bootstrap-server "$KAFKA_BROKERS" --add --allow-principal \'User:<payment>\' --operation Write --operation Describe --topic payment-to-order-pay',
  );
  expect(lines).toContain(
    'kafka-acls.sh --bootstrap-server "$KAFKA_BROKERS" --add --allow-principal \'User:<payment>\' --operation Read --group payment',
  );
});

test('who a service is to Kafka can be said', async () => {
  const { said } = await ran(acls, rights, '--principal', 'User:CN={service},O=shop', '--json');
  const { acls: granted } = JSON.parse(said) as { acls: object[] };
  expect(granted).toHaveLength(rights.length);
  expect(granted[0]).toEqual({ ...rights[0], principal: 'User:CN=order,O=shop' });
});

test.each([[['--nonsense']], [['more']], [['--principal', "it's"]]])(
  '%j is not right and ends with 2',
  async (args) => {
    const { code, said, hinted } = await ran(acls, rights, ...args);
    expect([code, said]).toEqual([2, '']);
    expect(hinted).toMatch(/--nonsense|more|--principal/);
  },
);
