import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { command, orchestrator, record, saga } from 'saga-kit';
import { ContainerModule, MessageHandler, service, UnitsOfWork } from 'saga-kit/service';
import { noConfig } from '../config';
import { audit } from './audit';
import { consumers } from './consumers';
import { definitions } from './definitions';
import { parked } from './parked';
import { sagas } from './sagas';
import {
  closed,
  type selling,
  SaleWork,
  bug,
  ends,
  till,
  aSystem,
  typed,
  closers,
  Pay,
  Paid,
  part,
  Sale,
} from '../../test/a-sale';

afterEach(closed);

async function until(fact: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; !(await fact()); tries++) {
    if (tries === 1_000) throw new Error('waited in vain');
    await setTimeout(20);
  }
}

test('whoever is on call lists sagas, is told what an act would do, and does it', async () => {
  const url = await aSystem();
  const list = await typed(sagas, ['list', '--url', url]);
  expect(list).toMatchObject({ code: 0, said: expect.stringMatching(/shop +SALE\/o-1 +running +Pay/) });
  const shown = await typed(sagas, ['show', 'SALE/o-1', '--url', url, '--json']);
  expect(JSON.parse(shown.said)).toMatchObject({ step: 'Pay', done: [], history: [{ type: 'Pay' }] });
  const act = ['compensate', 'SALE/o-1', '--reason', 'the till is broken', '--url', url];
  expect(await typed(sagas, act)).toEqual({
    code: 0,
    said: 'would compensate SALE/o-1: it ends it as rejected',
    hints: 'nothing is done: add --yes to do it',
  });
  expect(ends).toEqual([]);
  expect(await typed(sagas, [...act, '--yes'])).toMatchObject({ code: 0, said: expect.stringContaining('is done') });
  expect(ends).toEqual(['o-1 rejected']);
  const noted = await typed(audit, ['--url', url]);
  expect(noted.said).toMatch(/ compensate +shop +saga SALE\/o-1 +the till is broken$/m);
  const { items } = JSON.parse((await typed(audit, ['--url', url, '--json'])).said) as { items: unknown[] };
  expect(items).toMatchObject([{ before: { status: 'running', step: 'Pay' }, after: { status: 'rejected' } }]);
  const { acts } = (await (await fetch(`${url}/stories/o-1`)).json()) as { acts: unknown[] };
  expect(acts).toMatchObject([{ verb: 'compensate', subject: 'saga SALE/o-1', service: 'shop' }]);
  expect(await typed(sagas, [...act, '--yes'])).toMatchObject({
    code: 1,
    hints: 'it has ended: it is rejected',
  });
});

test.each([
  [sagas, '--status', 'runing', 'running, compensating, completed, rejected'],
  [sagas, '--needs-operator', 'yes', 'true, false'],
  [sagas, '--paused', 'yes', 'true, false'],
  [parked, '--why', 'exausted', 'unprocessable, forgotten, exhausted, behind, paused, '],
])(
  'a filter that can leave nothing is not understood, and what may be asked for is named',
  async (of, name, value, known) => {
    const { code, said, hints } = await typed(of, ['list', name, value, '--url', 'http://127.0.0.1:9']); // nobody is asked
    expect({ code, said }).toEqual({ code: 2, said: '' });
    expect(hints).toContain(`not understood: ${name} ${value}: it is one of ${known}`);
  },
);

test('a step is skipped with the reply that it would have had, and a reply that does not fit is refused', async () => {
  const url = await aSystem();
  const skip = (reply: string) =>
    typed(sagas, ['skip', 'SALE/o-1', '--reason', 'paid in cash', '--reply', reply, '--yes', '--url', url]);
  expect(await skip('{"orderId": 1}')).toMatchObject({ code: 1, hints: expect.stringContaining('reply.orderId is 1') });
  expect(await skip('{')).toMatchObject({ code: 2, hints: expect.stringContaining('--reply is the reply as JSON') });
  expect(await skip('{"orderId": "o-1"}')).toMatchObject({ code: 0 });
  expect(ends).toEqual(['o-1 completed']);
});

test('a topic is paused after that was described: nothing of it is handled until it is resumed', async () => {
  const url = await aSystem();
  const act = (verb: string, ...more: readonly string[]) =>
    typed(consumers, [verb, 'shop/paid', '--reason', 'a storm', '--who', 'Ada', '--url', url, ...more]);
  expect(await act('pause')).toMatchObject({
    code: 0,
    said: expect.stringMatching(
      /^would pause shop\/paid: it handles nothing of it in any instance until it is resumed/,
    ),
    hints: 'nothing is done: add --yes to do it',
  });
  expect(await act('pause', '--yes')).toMatchObject({ code: 0, said: expect.stringContaining('is done') });
  expect(await act('pause')).toMatchObject({ code: 1, hints: 'it is paused already' });
  bug.there = false;
  const waiting = async () => {
    const { said } = await typed(consumers, ['list', '--url', url]);
    return /shop +paid +paused +1 +Ada has paused it/.test(said) && /shop +0 +0\.0 s +0 +\d{4}-/.test(said);
  };
  await until(waiting);
  expect(ends).toEqual([]);
  expect(await act('resume', '--yes')).toMatchObject({ code: 0 });
  await until(async () => ends.length > 0);
  expect(ends).toEqual(['o-1 completed']);
  expect(await typed(consumers, ['pause', 'shop', '--reason', 'x', '--url', url])).toMatchObject({ code: 2 });
  expect(await act('resume')).toMatchObject({ code: 1, hints: 'it is not paused' });
});

test('a new program is checked before it is deployed: what would strand an open saga is told, and with which exit code', async () => {
  const url = await aSystem();
  const checked = (changedSaga: unknown) => {
    const changed = service({
      name: 'shop',
      migrations: [],
      bindings: new ContainerModule(({ bind }) => {
        bind(SaleWork).toResolvedValue((unitsOfWork) => unitsOfWork.of(SaleWork, {}), [UnitsOfWork]);
        const ending = async () => {};
        const orchestrated = orchestrator(changedSaga as typeof selling, SaleWork, {
          completed: ending,
          rejected: ending,
        });
        bind(MessageHandler).toConstantValue(orchestrated);
      }),
    });
    const config = { ...noConfig, services: [changed, till] };
    return typed((args, terminal) => definitions(args, terminal, config), ['check', '--url', url]);
  };
  const Ship = command({ ...part, name: 'Ship', topic: 'ship', reply: Paid, refusals: [] });
  const [pay, ship] = [
    { do: Pay, undo: 'nothing' },
    { do: Ship, undo: 'nothing' },
  ] as const;
  expect(await checked(saga({ name: 'SALE', state: Sale, compensatable: [pay, ship] }))).toEqual({
    code: 0,
    said: 'shop: SALE, 1 open: they go on',
    hints: '',
  });
  expect(await checked(saga({ name: 'SALE', state: Sale, compensatable: [ship, pay] }))).toMatchObject({
    code: 1,
    hints: expect.stringMatching(/^shop: saga SALE does not fit 1 open instances: an instance at Pay has gone through/),
  });
  const other = [{ name: 'orderNumber', type: 'long' }] as const;
  const Other = record({ type: 'record', namespace: 'pay', name: 'Sale', fields: other });
  const OtherPay = Pay.with(({ orderNumber }: { orderNumber: number }) => ({ orderId: `${orderNumber}` }));
  const unreadable = saga({ name: 'SALE', state: Other, compensatable: [{ do: OtherPay, undo: 'nothing' }] });
  expect(await checked(unreadable)).toMatchObject({
    code: 1,
    hints: expect.stringContaining('cannot be read'),
  });
});

test('where a service is not ready, its sagas and parked messages are shown all the same', async () => {
  const server = createServer(({ url }, answer) => {
    const body = url === '/health/ready' ? { services: { shop: { ready: false } } } : { items: [], next: null };
    answer.writeHead(url === '/health/ready' ? 503 : 200).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  for (const run of [sagas, parked])
    expect(await typed(run, ['list', '--url', url])).toMatchObject({ code: 0, said: 'there are none' });
});

test('the bytes of a parked message are asked for only by whoever says so', async () => {
  const asked: string[] = [];
  const server = createServer(({ url }, answer) => {
    asked.push(url!);
    answer.end(JSON.stringify(url === '/health/ready' ? { services: { shop: {} } } : { why: '', version: '1' }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  for (const more of [[], ['--bytes']])
    expect(await typed(parked, ['show', 'pay/1', ...more, '--url', url])).toMatchObject({ code: 0 });
  const path = '/admin/services/shop/parked/pay%2F1';
  expect(asked.filter((each) => each.startsWith(path))).toEqual([path, `${path}?bytes=true`]);
  expect(await typed(sagas, ['show', 'SALE/1', '--bytes', '--url', url])).toMatchObject({ code: 2 });
});
