import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateTicket, kitchenContracts, RejectTicket, TicketCreated } from '@saga-kit/contracts';
import fc from 'fast-check';
import { UNDONE } from 'saga-kit';
import { openSqlite } from 'saga-kit/tools';
import { stub, worldOf, worldWith, type World } from 'saga-kit/testing';
import { participants, withSamples, type Participant } from './participants';

const target = 'ORDER_CREATION';
const undoable = participants.flatMap((participant) =>
  participant.undo ? [{ ...participant, undo: participant.undo }] : [],
);

let world: World;
afterEach(() => world.close());

async function aWorldOf({ service }: Participant): Promise<void> {
  world = await worldOf(service);
  await withSamples(world, service.name);
}
/** What was answered, in order: the names of replies and the codes of refusals. */
const answers = ({ command, undo }: Participant) => {
  const topics = [command.reply.topic, undo?.command.reply.topic];
  return world.messages.all().filter(({ topic }) => topics.includes(topic));
};
const answerNames = (participant: Participant) =>
  answers(participant).map(({ name, envelope }) => envelope.code ?? name);
const undoId = (txId: string, { command }: Participant) => `${target}/${txId}/${command.name}/undo`;

describe.each(participants)('$command.name', (participant) => {
  const { service, command, ask, refused, effect } = participant;

  test('that comes twice is done once, and answered twice with the very same answer', async () => {
    await aWorldOf(participant);
    const record = await world.send(ask('a'), { target, txId: 'a' });
    await world.settled();
    const once = await effect(world, service.name);
    world.put(record, record);
    await world.settled();
    expect(await effect(world, service.name)).toEqual(once);
    expect(answerNames(participant)).toEqual([command.reply.name, command.reply.name, command.reply.name]);
    expect(new Set(answers(participant).map(({ envelope }) => JSON.stringify(envelope))).size).toBe(1);
  });

  test('that comes twice in one batch is done once', async () => {
    const effectOf = async (times: number) => {
      await aWorldOf(participant);
      const record = await world.send(ask('a'), { target, txId: 'a' });
      world.put(...Array.from({ length: times - 1 }, () => record));
      await world.settled();
      expect(answerNames(participant)).toEqual(Array.from({ length: times }, () => command.reply.name));
      return effect(world, service.name);
    };
    const once = await effectOf(1);
    await world.close();
    expect(await effectOf(2)).toEqual(once);
  });

  test('that is refused leaves nothing, and is refused again when it comes again, whatever has changed', async () => {
    await aWorldOf(participant);
    const before = await effect(world, service.name);
    const record = await world.send(refused.ask('a'), { target, txId: 'a' });
    await world.settled();
    await refused.cure(world);
    world.put(record);
    await world.settled();
    expect(await effect(world, service.name)).toEqual(before);
    expect(answerNames(participant)).toEqual([refused.code, refused.code]);
    await world.send(refused.ask('b'), { target, txId: 'b' });
    await world.settled();
    expect(answerNames(participant)).toEqual([refused.code, refused.code, command.reply.name]);
  });
});

describe.each(undoable)('$undo.command.name', (participant) => {
  const { service, command, ask, refused, undo, effect } = participant;

  test('takes it back, once, however often it comes', async () => {
    await aWorldOf(participant);
    const before = await effect(world, service.name);
    await world.send(ask('a'), { target, txId: 'a' });
    await world.settled();
    expect(await effect(world, service.name)).not.toEqual(before);
    const record = await world.send(undo.ask('a'), { target, txId: 'a', id: undoId('a', participant) });
    await world.settled();
    world.put(record, record);
    await world.settled();
    expect(await effect(world, service.name)).toEqual(before);
    const { reply } = undo.command;
    expect(answerNames(participant)).toEqual([command.reply.name, reply.name, reply.name, reply.name]);
  });

  test('that comes first is acknowledged, and what it undoes is not done any more', async () => {
    await aWorldOf(participant);
    const before = await effect(world, service.name);
    await world.send(undo.ask('a'), { target, txId: 'a', id: undoId('a', participant) });
    await world.settled();
    const late = await world.send(ask('a'), { target, txId: 'a' });
    await world.settled();
    world.put(late);
    await world.settled();
    expect(await effect(world, service.name)).toEqual(before);
    expect(answerNames(participant)).toEqual([undo.command.reply.name, UNDONE, UNDONE]);
  });

  test('does not let what it has undone be done again', async () => {
    await aWorldOf(participant);
    const before = await effect(world, service.name);
    const record = await world.send(ask('a'), { target, txId: 'a' });
    await world.settled();
    await world.send(undo.ask('a'), { target, txId: 'a', id: undoId('a', participant) });
    await world.settled();
    world.put(record);
    await world.settled();
    expect(await effect(world, service.name)).toEqual(before);
  });

  test('of what was refused is acknowledged, and changes nothing', async () => {
    await aWorldOf(participant);
    const before = await effect(world, service.name);
    await world.send(refused.ask('a'), { target, txId: 'a' });
    await world.settled();
    await world.send(undo.ask('a'), { target, txId: 'a', id: undoId('a', participant) });
    await world.settled();
    expect(await effect(world, service.name)).toEqual(before);
    expect(answerNames(participant)).toEqual([refused.code, undo.command.reply.name]);
  });

  test('in one batch with what it undoes leaves nothing, whichever comes first', async () => {
    await aWorldOf(participant);
    const before = await effect(world, service.name);
    for (const txId of ['a', 'b', 'c', 'd']) {
      const first = () => world.send(ask(txId), { target, txId });
      const second = () => world.send(undo.ask(txId), { target, txId, id: undoId(txId, participant) });
      for (const send of txId < 'c' ? [first, second] : [second, first]) await send();
    }
    await world.settled();
    expect(await effect(world, service.name)).toEqual(before);
  });

  test('and what it undoes, at the same moment on two connections and each of them twice, leave nothing', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'saga-kit-barrier-'));
    try {
      // Two groups that listen to the same topics and share a database: everything is handled by both, at the same time.
      const other = { ...service, name: `other-${service.name}` };
      const file = join(folder, 'shared.db');
      const open = () => openSqlite({ file, migrations: service.migrations });
      world = await worldWith({ open }, service, other);
      await withSamples(world, service.name);
      const before = await effect(world, service.name);
      const sagas = fc.sample(fc.shuffledSubarray(['do', 'undo', 'do', 'undo'], { minLength: 4 }), {
        numRuns: 60,
        seed: 7,
      });
      for (const [index, order] of sagas.entries()) {
        const txId = `tx-${index}`;
        for (const which of order)
          if (which === 'do') await world.send(ask(txId), { target, txId });
          else await world.send(undo.ask(txId), { target, txId, id: undoId(txId, participant) });
      }
      await world.settled();
      expect(await effect(world, service.name)).toEqual(before);
      expect(answers(participant).length).toBe(60 * 4 * 2);
      const acknowledged = answers(participant).filter(({ name }) => name === undo.command.reply.name);
      expect(acknowledged).toHaveLength(60 * 2 * 2);
    } finally {
      await world.close();
      rmSync(folder, { recursive: true });
      world = await worldOf();
    }
  });
});

test('the handler of an undo runs only where there is something to undo', async () => {
  const kitchen = stub('kitchen', kitchenContracts).on(CreateTicket, ({ userId }) =>
    userId === 1 ? TicketCreated.of({ ticketId: 't', prices: [] }) : CreateTicket.refuse('SOLD_OUT'),
  );
  world = await worldOf(kitchen);
  const undo = (txId: string) =>
    world.send(RejectTicket.of({ orderId: txId, userId: 1 }), {
      target,
      txId,
      id: `${target}/${txId}/CreateTicket/undo`,
    });
  await world.send(CreateTicket.of({ orderId: 'done', userId: 1, items: [] }), { target, txId: 'done' });
  await world.send(CreateTicket.of({ orderId: 'refused', userId: 2, items: [] }), { target, txId: 'refused' });
  await world.settled();
  for (const txId of ['done', 'refused', 'never']) await undo(txId);
  await world.settled();
  expect(kitchen.received(RejectTicket)).toEqual([{ orderId: 'done', userId: 1 }]);
  expect(world.log.filter((name) => name === 'TicketRejected')).toHaveLength(3);
});
