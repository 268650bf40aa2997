import type { Refused } from './refused';

/** There is one. `waiting` counts the tickets that are neither approved nor rejected. */
export type Kitchen = Readonly<{ kitchenId: number; open: boolean; capacity: number; waiting: number }>;

export function queueUp(kitchen: Kitchen | undefined): Kitchen | Refused<'REJECTED_FULL_WAITING'> {
  if (!kitchen?.open) return { code: 'REJECTED_FULL_WAITING', errorMessage: 'the kitchen is closed' };
  if (kitchen.waiting >= kitchen.capacity)
    return { code: 'REJECTED_FULL_WAITING', errorMessage: `${kitchen.waiting} tickets are waiting` };
  return { ...kitchen, waiting: kitchen.waiting + 1 };
}

export const leaveQueue = (kitchen: Kitchen): Kitchen => ({ ...kitchen, waiting: kitchen.waiting - 1 });
