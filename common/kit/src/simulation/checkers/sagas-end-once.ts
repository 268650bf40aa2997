import { openStatuses, type SagaRow } from '../../runtime';
import type { Checker, Fault } from './checker';
import type { SagaInstance } from './facts';

/** Every saga ends, once, and stays as it has ended. */
export const sagasEndOnce: Checker = {
  name: 'sagas end once',
  *faultsOf({ sagas }, { mayNeedOperator }) {
    for (const saga of sagas.values()) {
      yield* changesOf(saga);
      const last = saga.writes.at(-1)?.item;
      if (last && isOpen(last) && !(mayNeedOperator && last.needsOperator))
        yield faultOf(
          saga,
          `is still ${last.status} at ${last.step} in the end${last.needsOperator ? ', and needs an operator' : ''}`,
        );
    }
  },
};

function* changesOf(saga: SagaInstance): Iterable<Fault> {
  let before: SagaRow | undefined;
  for (const { item, write } of saga.writes) {
    if (!item) yield faultOf(saga, 'was deleted');
    else if (!before && write !== 'insert') yield faultOf(saga, 'was changed before it began');
    else if (before && write === 'insert') yield faultOf(saga, 'began twice');
    else if (before && !isOpen(before) && !sameEnd(before, item))
      yield faultOf(saga, `had ended ${endOf(before)}, and was changed to ${endOf(item)}`);
    else if (before?.status === 'compensating' && (item.status === 'running' || item.status === 'completed'))
      yield faultOf(saga, `was being compensated, and became ${item.status}`);
    before = item ?? before;
  }
}

const isOpen = ({ status }: SagaRow): boolean => openStatuses.includes(status);
const sameEnd = (a: SagaRow, b: SagaRow): boolean => endOf(a) === endOf(b);
const endOf = ({ status, step, code }: SagaRow): string => `${status} at ${step}${code === null ? '' : ` (${code})`}`;
const faultOf = ({ service, id, txId }: SagaInstance, what: string): Fault => ({
  message: `${service}: saga ${id} ${what}`,
  txId,
});
