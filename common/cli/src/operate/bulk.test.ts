import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parked } from './parked';

interface Message {
  readonly id: string;
  readonly reason?: string;
  readonly lastAt?: string;
  readonly overtaken?: boolean;
}
interface Act {
  readonly verb: string;
  readonly id: string;
  readonly body: { readonly who: string; readonly reason: string; readonly version: string };
}

let close = () => {};
afterEach(() => close());

/** A service with these parked messages; `answer` says how an act is answered that is not done. */
async function aService(messages: readonly Message[], answer: (act: Act) => string | undefined = () => undefined) {
  const there = new Map(messages.map((each) => [each.id, each]));
  const acts: Act[] = [];
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const { pathname, search } = new URL(request.url ?? '', 'http://localhost');
    const send = (status: number, body: object) => response.writeHead(status).end(JSON.stringify(body));
    if (pathname === '/health/ready') return send(200, { services: { shop: {} } });
    if (request.method === 'GET') {
      asked.push(search);
      const items = [...there.values()].map((each) => ({
        ...{ topic: 'pay', reason: 'exhausted', why: '', overtaken: false, lastAt: '1', version: `v-${each.id}` },
        ...each,
      }));
      return send(200, { items, next: null });
    }
    const [id, verb] = pathname.split('/').slice(-2).map(decodeURIComponent) as [string, string];
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      const act = { verb, id, body: JSON.parse(text) as Act['body'] };
      acts.push(act);
      const detail = answer(act);
      if (detail === undefined) there.delete(id);
      send(detail === undefined ? 200 : 409, detail === undefined ? { outcome: 'done' } : { detail });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  close = () => void server.close();
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const typed = async (verb: string, ...more: readonly string[]) => {
    const [said, hints]: [string[], string[]] = [[], []];
    const terminal = { env: {}, say: (line: string) => said.push(line), hint: (line: string) => hints.push(line) };
    const fast = ['--per-second', '1000', '--reason', 'mended', '--who', 'Ada', '--url', url];
    const code = await parked([verb, ...fast, ...more], terminal);
    return { code, said: said.join('\n'), hints: hints.join('\n') };
  };
  return { typed, acts, asked, idsOf: () => acts.map(({ id }) => id) };
}

test('without --yes it is only said how many it would be, and which', async () => {
  const { typed, acts, asked } = await aService([{ id: 'a' }, { id: 'b' }, { id: 'c', reason: 'behind' }]);
  expect(await typed('replay', '--topic', 'pay')).toEqual({
    code: 0,
    said: expect.stringMatching(/^would replay 2 messages; 1 more stay.*\n.*\nshop +pay +exhausted +2$/),
    hints: 'nothing is done: add --yes to do it',
  });
  expect([acts, asked]).toEqual([[], ['?limit=500&topic=pay']]);
});

test('each is an act of its own on what was seen; those that were tried the longest ago come first', async () => {
  const { typed, acts, idsOf } = await aService([
    { id: 'a', lastAt: '2026-11-27T03:00:02Z' },
    { id: 'b', lastAt: '2026-11-27T03:00:01Z' },
    { id: 'gone past', overtaken: true },
    { id: 'kept', reason: 'paused' },
    { id: 'not remembered', reason: 'forgotten' },
    { id: 'behind', reason: 'behind' },
  ]);
  expect(await typed('replay', '--why', 'exhausted', '--yes')).toEqual({
    code: 0,
    said: 'replay of 2 messages is done',
    hints: '',
  });
  expect(idsOf()).toEqual(['b', 'a']);
  expect(acts[0]).toEqual({ verb: 'replay', id: 'b', body: { who: 'Ada', reason: 'mended', version: 'v-b' } });
});

test('no more than --max are done, and the same command goes on with the rest', async () => {
  const { typed, idsOf } = await aService(['a', 'b', 'c', 'd', 'e'].map((id) => ({ id })));
  const call = async () => (await typed('replay', '--topic', 'pay', '--max', '2', '--yes')).said;
  const done = (count: number) => `replay of ${count} messages is done`;
  expect([await call(), await call(), await call()]).toEqual([done(2), done(2), done(1)]);
  expect(idsOf()).toEqual(['a', 'b', 'c', 'd', 'e']);
});

test('one that has moved on is told, with the others done all the same', async () => {
  const refuse = ({ id }: Act) => (id === 'b' ? 'it has moved on meanwhile' : undefined);
  const { typed, idsOf } = await aService([{ id: 'a' }, { id: 'b' }, { id: 'c' }], refuse);
  expect(await typed('replay', '--topic', 'pay', '--yes')).toEqual({
    code: 1,
    said: 'replay of 2 messages is done; of 1 it is not',
    hints: 'b: it has moved on meanwhile',
  });
  expect(idsOf()).toEqual(['a', 'b', 'c']);
});

test('Ctrl-C breaks it off between two messages, with 130, and the same command goes on where it was', async () => {
  const interrupt = ({ id }: Act) => void (id === 'b' && process.emit('SIGINT'));
  const { typed, idsOf } = await aService(
    ['a', 'b', 'c', 'd'].map((id) => ({ id })),
    interrupt,
  );
  expect(await typed('replay', '--topic', 'pay', '--yes')).toEqual({
    code: 130,
    said: '',
    hints: 'replay: broken off after 2 of 4; the same command goes on',
  });
  expect(idsOf()).toEqual(['a', 'b']);
  expect(await typed('replay', '--topic', 'pay', '--yes')).toMatchObject({ code: 0 });
  expect(idsOf()).toEqual(['a', 'b', 'c', 'd']);
  expect(process.listenerCount('SIGINT')).toBe(0);
});

test('what is behind another one is dropped before that, so that it does not follow', async () => {
  const { typed, idsOf } = await aService([
    { id: 'head' },
    { id: 'two', reason: 'behind' },
    { id: 'three', reason: 'behind' },
  ]);
  expect(await typed('drop', '--ordering-key', 'pay|a', '--yes')).toMatchObject({ code: 0 });
  expect(idsOf()).toEqual(['two', 'three', 'head']);
});

test.each([
  [[], 'say which: an id, or one of --topic, --ordering-key, --why'],
  [['--topic', 'pay', '--per-second', '0'], '--per-second is a whole number from 1 to 1000'],
  [['--topic', 'pay', '--max', 'all'], '--max is a whole number from 1 to 100000'],
])('with %j nothing is asked: it is said how it is called', async (more, why) => {
  const { typed, asked } = await aService([{ id: 'a' }]);
  const { code, hints } = await typed('replay', ...more);
  expect({ code, hints }).toEqual({ code: 2, hints: expect.stringContaining(why) });
  expect(asked).toEqual([]);
});
