import { saga } from 'saga-kit';
import { FaultyBroker, stub, worldWith } from 'saga-kit/testing';
import { attemptsMax } from '../src/saga';
import { aShipping, Carry, ended, Parcel, ShippingWork } from './a-shipping';
import { Pack, Unpack } from './a-shop';

test('a pivot that is never answered needs an operator in the end; its late answer still counts', async () => {
  let faults: FaultyBroker;
  const patient = saga({
    name: 'SHIPPING',
    state: Parcel,
    compensatable: [{ do: Pack, undo: Unpack }],
    pivot: { do: Carry, retryAfterMs: 10 },
  });
  const broker = (real: ConstructorParameters<typeof FaultyBroker>[0]) => (faults = new FaultyBroker(real));
  const carrier = stub('carrier', [Carry]);
  const world = await worldWith({ broker }, aShipping(patient), stub('shop', [Pack, Unpack]), carrier);
  faults!.loses = ({ topic }) => topic === Carry.topic;
  await world.work('shipping', ShippingWork).run(({ sagas }) => sagas.begin(patient, 'a', { item: 'x', count: 1 }));
  await world.settled();
  const { sagaStore } = world.storesOf('shipping');
  for (let minutes = 0; minutes < 60 && (await sagaStore.needsOperatorCount()) === 0; minutes++)
    await world.pass(60_000);
  expect(await sagaStore.needsOperatorCount()).toBe(1);
  const sent = (await sagaStore.history('SHIPPING', 'a')).find(({ type }) => type === 'Carry');
  expect(sent).toMatchObject({ direction: 'sent', times: attemptsMax });
  expect(ended).toEqual([]);
  expect(world.log).not.toContain('Unpack');
  faults!.loses = () => false;
  const causationId = 'SHIPPING/a/Carry';
  await world.send(Carry.reply.of({ item: 'x', count: 1 }), { target: 'SHIPPING', txId: 'a', id: 'late', causationId });
  await world.settled();
  expect(ended).toEqual(['approved {"item":"x","count":1}']);
  expect(await sagaStore.needsOperatorCount()).toBe(0);
  await world.close();
});
