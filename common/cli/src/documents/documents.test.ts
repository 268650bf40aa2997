import { command, event, orchestrator, record, saga, UnitOfWork } from 'saga-kit';
import { ContainerModule, MessageHandler, service, UnitsOfWork } from 'saga-kit/service';
import { stub } from 'saga-kit/testing';
import { noConfig } from '../config';
import { asyncapi } from './asyncapi';
import { diagram } from './diagram';
import { messagesOf } from './messages';

const fields = [{ name: 'orderId', type: 'string' }] as const;
const part = { type: 'record', namespace: 'pay', fields } as const;
const Paid = event({ ...part, name: 'Paid', topic: 'paid' });
const Refunded = event({ ...part, name: 'Refunded', topic: 'paid' });
const Pay = command({ ...part, name: 'Pay', topic: 'pay', reply: Paid, refusals: ['NO_MONEY'] });
const Refund = command({ ...part, name: 'Refund', topic: 'pay', reply: Refunded, refusals: [] });
const selling = saga({
  name: 'SALE',
  state: record({ ...part, name: 'Sale' }),
  cancellations: ['BORED', 'MOVED_AWAY'],
  compensatable: [{ do: Pay, undo: Refund }],
});
abstract class SaleWork extends UnitOfWork<{}> {}
const shop = service({
  name: 'shop',
  migrations: [],
  bindings: new ContainerModule(({ bind }) => {
    bind(SaleWork).toResolvedValue((unitsOfWork) => unitsOfWork.of(SaleWork, {}), [UnitsOfWork]);
    const ending = async () => {};
    bind(MessageHandler).toConstantValue(orchestrator(selling, SaleWork, { completed: ending, rejected: ending }));
  }),
});
const services = [shop, stub('till', [Pay, Refund])];

async function typed(run: typeof asyncapi, ...args: readonly string[]) {
  const said: string[] = [];
  const hints: string[] = [];
  const terminal = { env: {}, say: (text: string) => said.push(text), hint: (text: string) => hints.push(text) };
  const code = await run(args, terminal, { ...noConfig, title: 'A shop', services });
  return { code, said: said.join('\n'), hints: hints.join('\n') };
}

test('every message of every topic is known, with who sends it and who listens', () => {
  const told = messagesOf(services).map(
    ({ topic, name, senders, listeners }) => `${topic} ${name}: ${[...senders].join()} -> ${[...listeners].join()}`,
  );
  expect(told).toEqual([
    'paid pay.Paid: till -> shop',
    'paid pay.Refunded: till -> shop',
    'paid saga.ErrorEventMessage: till -> shop',
    'pay pay.Pay: shop -> till',
    'pay pay.Refund: shop -> till',
  ]);
});

test('the AsyncAPI description has each topic, each message with its envelope, and who sends and receives', async () => {
  const { code, said } = await typed(asyncapi);
  expect(code).toBe(0);
  const document = JSON.parse(said);
  expect(document).toMatchObject({ asyncapi: '3.0.0', info: { title: 'A shop' } });
  expect(Object.keys(document.channels)).toEqual(['paid', 'pay']);
  expect(Object.keys(document.operations).sort()).toEqual([
    'shop-receives-paid',
    'shop-sends-pay',
    'till-receives-pay',
    'till-sends-paid',
  ]);
  expect(document.operations['shop-sends-pay']).toMatchObject({ action: 'send', channel: { $ref: '#/channels/pay' } });
  const { payload } = document.components.messages['pay.pay.Pay'];
  expect(payload.required).toEqual(['id', 'target', 'txId', 'causationId', 'occurredAt', 'message']);
  expect(payload.properties.message).toMatchObject({ title: 'Pay', properties: { orderId: { type: 'string' } } });
});

test('a saga is drawn with its compensations and its cancellations', async () => {
  expect((await typed(diagram, '--saga', 'SALE')).said.split('\n')).toEqual([
    'flowchart LR',
    '  s0["Pay<br/>within 60 s"]',
    '  s0 -->|Paid| completed([completed])',
    '  s0 -.->|undone by| u0["Refund"]',
    '  u0 --> rejected([rejected])',
    '  cancel(["BORED<br/>MOVED_AWAY"]) -.-> s0',
  ]);
  expect(await typed(diagram, '--saga', 'OTHER')).toMatchObject({
    code: 2,
    hints: expect.stringContaining('one of SALE'),
  });
});

test('services and topics are drawn, and who sends and listens', async () => {
  expect((await typed(diagram)).said.split('\n')).toEqual([
    'flowchart LR',
    '  service0["shop"]',
    '  service1["till"]',
    '  topic0[("paid")]',
    '  topic1[("pay")]',
    '  service0 --> topic1',
    '  service1 --> topic0',
    '  topic0 --> service0',
    '  topic1 --> service1',
  ]);
});
