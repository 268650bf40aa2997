import fc from 'fast-check';
import { totalPriceOf } from './total-price';

test('an order costs the sum of quantity × price', () => {
  const items = [
    { productId: 1, quantity: 2 },
    { productId: 2, quantity: 3 },
  ];
  const prices = [
    { productId: 2, price: 5 },
    { productId: 1, price: 100 },
  ];
  expect(totalPriceOf(items, prices)).toBe(215);
});

test('without the price of one item there is no total', () => {
  expect(totalPriceOf([{ productId: 1, quantity: 2 }], [])).toBeUndefined();
});

test('whatever the prices, a total is a whole number that can be told from its neighbours', () => {
  const line = fc.record({ quantity: fc.integer({ min: 1, max: 1_000 }), price: fc.maxSafeNat() });
  fc.assert(
    fc.property(fc.array(line, { maxLength: 100 }), (lines) => {
      const items = lines.map(({ quantity }, productId) => ({ productId, quantity }));
      const prices = lines.map(({ price }, productId) => ({ productId, price }));
      expect(Number.isSafeInteger(totalPriceOf(items, prices))).toBe(true);
    }),
  );
});
