import { command, dispatcher, event, orchestrator, record, saga, UnitOfWork } from 'saga-kit';
import { ContainerModule, MessageHandler, service, UnitsOfWork } from 'saga-kit/service';
import { worldOf, type World } from 'saga-kit/testing';

let world: World;
afterEach(() => world.close());

const orderId = { name: 'orderId', type: 'string' } as const;
const address = { name: 'address', type: 'string', sensitive: true } as const;
const part = { type: 'record', namespace: 'post' } as const;
const Sent = event({ ...part, name: 'Sent', topic: 'sent', fields: [orderId] });
const Send = command({
  ...part,
  name: 'Send',
  topic: 'send',
  fields: [orderId, address],
  reply: Sent,
  refusals: [],
});
const Letter = record({ ...part, name: 'Letter', fields: [orderId, address] });
const sending = (state: typeof Letter) =>
  saga({ name: 'SENDING', state, compensatable: [{ do: Send, undo: 'nothing' }] });
abstract class Work extends UnitOfWork<{}> {}

/** Conducts the saga, and meets a bug as its participant. */
const post = (letter: typeof Letter = Letter) =>
  service({
    name: 'post',
    migrations: [],
    bindings: new ContainerModule(({ bind }) => {
      bind(Work).toResolvedValue((unitsOfWork) => unitsOfWork.of(Work, {}), [UnitsOfWork]);
      const ending = async () => {};
      bind(MessageHandler).toConstantValue(
        orchestrator(sending(letter), Work, { completed: ending, rejected: ending }),
      );
      const handlers = {
        Send: async () => {
          throw new TypeError('a bug');
        },
      };
      bind(MessageHandler).toConstantValue(dispatcher([Send], Work, handlers));
    }),
  });

const secret = 'Main Street 1';
async function aParkedLetter() {
  world = await worldOf(post());
  await world
    .work('post', Work)
    .run(({ sagas }) => sagas.begin(sending(Letter), 'a', { orderId: 'a', address: secret }));
  await world.settled();
  await world.pass(50_000);
  const { operators } = world.service('post');
  const { id } = (await operators.parked.list({}, 10))[0]!;
  return { ...operators, id };
}

test('a parked message is shown without what is sensitive in it, unless its bytes are asked for', async () => {
  const { parked, id } = await aParkedLetter();
  const shown = await parked.show(id);
  expect(shown).toMatchObject({ message: { txId: 'a', message: { orderId: 'a', address: '•••' } }, base64: null });
  expect(JSON.stringify([shown, await parked.list({}, 10)])).not.toContain(secret);
  const { base64, bytes } = (await parked.show(id, true))!;
  const content = Buffer.from(base64!, 'base64');
  expect([content.length, content.includes(secret)]).toEqual([bytes, true]);
});

test('the state of a saga, and what it has sent, is shown without what is sensitive in it', async () => {
  const { sagas } = await aParkedLetter();
  const shown = await sagas.show('SENDING', 'a');
  expect(shown).toMatchObject({ state: { orderId: 'a', address: '•••' } });
  expect(shown!.commands).toEqual([
    { messageId: 'SENDING/a/Send', type: 'Send', message: { orderId: 'a', address: '•••' } },
  ]);
  expect(JSON.stringify([shown, await sagas.list({}, 10), await sagas.definitions()])).not.toContain(secret);
});

test('what cannot be decoded is not shown either, unless its bytes are asked for', async () => {
  world = await worldOf(post());
  world.put({ topic: 'send', key: Buffer.from('a'), value: Buffer.from(secret) });
  await world.settled();
  const { parked } = world.service('post').operators;
  const { id } = (await parked.list({}, 10))[0]!;
  const shown = await parked.show(id);
  expect(shown).toMatchObject({ message: null, base64: null, bytes: secret.length });
  expect(JSON.stringify(shown)).not.toContain(secret);
  expect(await parked.show(id, true)).toMatchObject({ base64: Buffer.from(secret).toString('base64') });
});

test('to mark what is sensitive makes no new definition of a saga', async () => {
  const plain = { ...Letter, fields: [orderId, { name: 'address', type: 'string' }] } as unknown as typeof Letter;
  world = await worldOf(post(plain));
  await world.stop('post');
  await world.start(post());
  const { SENDING } = await world.service('post').operators.sagas.definitions();
  expect(SENDING!.known).toHaveLength(1);
});
