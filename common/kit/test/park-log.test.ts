import type { Log } from 'saga-kit/runtime';
import { worldWith, type World } from 'saga-kit/testing';
import { aShop, Audited } from './a-shop';

let world: World;
afterEach(() => world.close());

const lines: { message: string; fields: Record<string, unknown> }[] = [];
const silent = () => {};
const log: Log = {
  ...{ debug: silent, info: silent, error: silent },
  warn: (fields, message) => void lines.push({ message, fields: fields as Record<string, unknown> }),
};
beforeEach(() => void lines.splice(0));

const audit = (item: string) =>
  world.send(Audited.of({ item, count: 1 }), { target: 'T', txId: 'a', id: `audit-${item}` });

test('each message that is given up is a warning that says which, why and what to do', async () => {
  const { literal } = aShop((item) => {
    if (item === 'bad') throw new Error('there is a bug');
  });
  world = await worldWith({ log }, literal);
  await audit('bad');
  world.put({ topic: 'audits', key: Buffer.from('b'), value: Buffer.from('garbage') });
  await world.settled();
  expect(lines).toMatchObject([
    {
      fields: { id: expect.stringMatching(/^audits@\d+\/0$/), key: 'b', reason: 'not-avro' },
      message: expect.stringContaining('kit_parked'),
    },
    {
      fields: {
        id: 'audits/audit-bad',
        topic: 'audits',
        key: 'a',
        reason: 'exhausted',
        error: expect.stringMatching(/^Error at .*park-log/),
      },
      message: expect.stringContaining('mend its handler'),
    },
  ]);
  expect(lines[1]!.fields['attempts']).toBeGreaterThan(5);
});

test('garbage by the thousand does not fill the log', async () => {
  world = await worldWith({ log }, aShop().literal);
  world.put(
    ...Array.from({ length: 1_000 }, () => ({ topic: 'shop', key: Buffer.from('a'), value: Buffer.from('garbage') })),
  );
  await world.settled();
  await world.pass(10_000);
  expect(lines).toHaveLength(21);
  expect(lines.at(-1)).toMatchObject({ fields: { more: 980 } });
});
