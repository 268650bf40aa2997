import { stub } from 'saga-kit/testing';
import { aShipping, Carry } from '../../test/a-shipping';
import { Pack, Unpack } from '../../test/a-shop';
import { checkRouting } from './check-routing';

const carrier = stub('carrier', [Carry]);

test('a system in which every command is listened to is fine, whoever listens', () => {
  checkRouting([aShipping(), stub('shop', [Pack, Unpack]), carrier]);
  checkRouting([aShipping(), stub('all', [Pack, Unpack, Carry])]);
  checkRouting([carrier]);
  checkRouting([]);
});

test.each([
  { command: 'the command of a step', missing: Pack, shop: stub('shop', [Unpack]) },
  { command: 'an undo', missing: Unpack, shop: stub('shop', [Pack]) },
])('$command that nobody listens to is named, with the way out', ({ missing, shop }) => {
  const fault = `SHIPPING sends ${missing.name} to shop, and no service listens to it: add it to the contracts of a dispatcher`;
  expect(() => checkRouting([aShipping(), shop, carrier])).toThrow(new Error(fault));
});

test('several that nobody listens to are all named', () => {
  expect(() => checkRouting([aShipping(), carrier])).toThrow(/ Pack to shop.*\n.* Unpack to shop/);
});
