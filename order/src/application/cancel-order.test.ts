import { inMemory, workOf } from 'saga-kit/testing';
import { approve, place, type Order } from '../domain/order';
import { CancelOrder } from './cancel-order';
import { orderCreation } from './order-creation.saga';
import { OrderWork, type Placement } from './order-work';

const pending = place('o', 1, [{ productId: 1, quantity: 2 }], new Date(0));
const cancel = jest.fn();

function aService(...stored: readonly Order[]) {
  const orders = inMemory<Order>(({ orderId }) => orderId, ...stored);
  const placements = inMemory<Placement>(({ key }) => key);
  return new CancelOrder(workOf(OrderWork, { orders, placements }, { sagas: { cancel } }));
}

test('an order that can be cancelled is, in the name of its customer', async () => {
  cancel.mockResolvedValueOnce('CANCELLED');
  expect(await aService(pending).execute('o')).toEqual({ accepted: true, order: pending });
  expect(cancel).toHaveBeenCalledWith(orderCreation, 'o', 'CANCELLED_BY_CUSTOMER', 'the customer has cancelled');
});

test.each(['TOO_LATE', 'REJECTED'] as const)('one whose saga answers %s stays as it is', async (answer) => {
  cancel.mockResolvedValueOnce(answer);
  const approved = approve(pending, 5, new Date(1));
  expect(await aService(approved).execute('o')).toEqual({ accepted: false, order: approved });
});

test('there is nothing to cancel of an order that nobody has placed', async () => {
  cancel.mockResolvedValueOnce('UNKNOWN');
  expect(await aService().execute('o')).toBeUndefined();
});
