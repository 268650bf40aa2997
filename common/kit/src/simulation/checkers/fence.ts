import type { HistoryRow, SagaRow } from '../../runtime';
import type { Checker, Fault } from './checker';
import { listed, type SagaInstance } from './facts';

/** A saga goes on by the answer to the command that it has sent last, once, and by no other. */
export const fence: Checker = {
  name: 'late answers change nothing',
  *faultsOf({ sagas }) {
    for (const saga of sagas.values()) {
      yield* awaitedOnce(saga);
      yield* unmovedByOthers(saga);
    }
  },
};

function* awaitedOnce(saga: SagaInstance): Iterable<Fault> {
  let last: string | undefined;
  const answers = new Map<string, string>();
  for (const { item, write } of saga.messages) {
    const { direction, messageId, causationId, awaited, type, code } = item!;
    if (direction === 'sent') {
      if (write === 'insert') last = messageId; // else it is sent again
      continue;
    }
    const known = answers.get(causationId);
    if (!awaited || known === messageId) continue;
    if (known !== undefined) yield faultOf(saga, `went on by two answers to ${causationId}: ${known} and ${messageId}`);
    else if (causationId !== last && !saga.isOperated)
      yield faultOf(saga, `went on by ${code ?? type} to ${causationId}, and had sent ${last ?? 'nothing'} last`);
    answers.set(causationId, messageId);
  }
}

/** Unless it has ended because a wait was over, or was cancelled, what it sends tells that something has moved it. */
function* unmovedByOthers(saga: SagaInstance): Iterable<Fault> {
  const moves = new Map<number, HistoryRow[]>();
  for (const { at, item } of saga.messages) listed(moves, at).push(item!);
  let before: SagaRow | undefined;
  for (const { at, item } of saga.writes) {
    const rows = moves.get(at) ?? [];
    const isMoved = rows.some(({ direction, awaited }) => direction === 'sent' || awaited);
    if (before && item && rows.length > 0 && !isMoved && !isAsBefore(before, item) && item.status !== 'rejected')
      yield faultOf(
        saga,
        `was changed by ${rows.map(({ messageId }) => messageId).join(', ')}, which it did not await`,
      );
    before = item;
  }
}

const isAsBefore = (a: SagaRow, b: SagaRow): boolean =>
  a.status === b.status && a.step === b.step && Buffer.compare(bytesOf(a.state), bytesOf(b.state)) === 0;
/** Also of a history that was read from JSON. */
const bytesOf = (state: Buffer | { readonly data: readonly number[] }): Buffer =>
  Buffer.isBuffer(state) ? state : Buffer.from(state.data);

const faultOf = ({ service, id, txId }: SagaInstance, what: string): Fault => ({
  message: `${service}: saga ${id} ${what}`,
  txId,
});
