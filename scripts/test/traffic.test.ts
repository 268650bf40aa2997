import * as contracts from '@saga-kit/contracts';
import { isCommand, type Contract } from 'saga-kit';
import { canonical, routingOf, subjectsOf } from 'saga-kit/tools';
import { stub } from 'saga-kit/testing';
import { services } from '../src/services';
import { trafficOf } from '../../common/cli/src/command/traffic';

test('every contract of the system has its topic and its schemas, and nothing else has', () => {
  const all = Object.values(contracts).filter((each): each is Contract & typeof each => 'topic' in each);
  const steps = services.flatMap((service) => routingOf(service).sagas.flatMap((saga) => saga.steps));
  const asked = new Set(steps.flatMap((step) => (step.undo === 'nothing' ? [step.do] : [step.do, step.undo])));
  const isAnswered = new Set(
    services.flatMap((service) => routingOf(service).listening()).map(({ contract }) => contract),
  );
  const expected = new Map(
    all.flatMap((each) => {
      const subjects = [...subjectsOf([each])];
      if (!isCommand(each) || asked.has(each)) return subjects;
      return isAnswered.has(each) ? subjects.slice(1) : []; // no saga sends it, and yet its service would answer
    }),
  );
  const { schemas, topics } = trafficOf(services);
  expect([...schemas.keys()]).toEqual([...expected.keys()].sort());
  for (const [subject, schema] of expected) expect(schemas.get(subject)).toBe(JSON.stringify(canonical(schema)));
  expect(topics).toEqual([...new Set(all.map(({ topic }) => topic))].sort());
});

test('a topic that is listened to, and sent to by nobody here, is wanted too', () => {
  expect(trafficOf([stub('audit', [contracts.UserChecked])]).topics).toEqual([contracts.UserChecked.topic]);
});

test('a system in which a command is for nobody has none', () => {
  const others = services.filter(({ name }) => name !== 'payment');
  expect(() => trafficOf(others)).toThrow(
    'ORDER_CREATION sends Pay to order-to-payment-pay, and no service listens to it',
  );
});
