import type { SagaRow } from '../../runtime';
import type { Checker } from './checker';

/** A saga gives a step up, and asks again, when the time that it waits for the answer is over, and not before. */
export const waits: Checker = {
  name: 'no wait is cut short',
  *faultsOf({ sagas }) {
    for (const { service, id, txId, writes, isOperated } of sagas.values()) {
      if (isOperated) continue;
      let before: SagaRow | undefined;
      for (const { item } of writes) {
        const what = before && item && actedOn(before, item);
        if (what !== undefined && !(before!.dueAt !== null && before!.dueAt <= item!.updatedAt))
          yield { message: `${service}: saga ${id} ${what} before its time was over`, txId };
        before = item;
      }
    }
  },
};

/** What was done about an answer that has not come. */
function actedOn(before: SagaRow, now: SagaRow): string | undefined {
  if (before.status === 'running' && now.code === 'DEADLINE_EXCEEDED') return `gave up ${before.step}`;
  const isSame = now.status === before.status && now.step === before.step;
  return isSame && now.attempts > before.attempts ? `asked for ${now.step} again` : undefined;
}
