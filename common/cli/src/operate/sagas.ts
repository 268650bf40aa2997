import type { SagaRow } from 'saga-kit/runtime';
import { Usage } from '../command/command';
import { operating } from './operate';

const help = `Shows sagas and why each waits, and brings one to its end that cannot go on by itself.

  npx saga-kit sagas list [--saga NAME] [--status running] [--step Pay] [--needs-operator true] [--paused true]
  npx saga-kit sagas show <saga>/<txId>
  npx saga-kit sagas retry <saga>/<txId> --reason <why> [--yes]       sends what it waits for again
  npx saga-kit sagas skip <saga>/<txId> --reason <why> [--yes]        goes on as if the step was answered with --reply
  npx saga-kit sagas compensate <saga>/<txId> --reason <why> [--yes]  undoes the step in flight and all before it
  npx saga-kit sagas cancel <saga>/<txId> --reason <why> [--yes]      the same with --code, one of those that the saga names
  npx saga-kit sagas pause <saga>/<txId> --reason <why> [--yes]       nothing is sent for it, and no deadline acts; what
                                                                      comes for it is kept
  npx saga-kit sagas resume <saga>/<txId> --reason <why> [--yes]      what was kept is handled, and it waits anew
  npx saga-kit sagas abandon <saga>/<txId> --reason <why> [--yes]     ends it where it stands, and sends nothing

Without --yes an act is only described. It is done on what was described and nothing else: if the saga has moved on
meanwhile, that is said. Who has done it (--who, else your user name) and why is kept in kit_audit.

  --url http://localhost:3000  where the services run; ADMIN_TOKEN, where it is set, is sent as a bearer token
  --reply '{"orderId": "…"}'   what a step that is skipped would have been answered with
  --json                       prints data

Ends with 0; with 1 when there is no such saga, the act cannot be, or it was too late; with 2 when the command is wrong,
with 3 when nobody answers.`;

function pathOfSaga(id: string): string {
  const [, saga, txId] = /^([^/]+)\/(.+)$/s.exec(id) ?? [];
  if (saga === undefined || txId === undefined || /^\.{1,2}$/.test(txId))
    throw new Usage(`${id}: a saga is named <saga>/<txId>, as "npx saga-kit sagas list" does`);
  return [saga, txId].map(encodeURIComponent).join('/');
}

const statuses: Readonly<Record<SagaRow['status'], true>> = {
  running: true,
  compensating: true,
  completed: true,
  rejected: true,
};
const yesOrNo = ['true', 'false'];

/** Sees and moves sagas. */
export const sagas = operating({
  help,
  noun: 'sagas',
  acts: ['retry', 'skip', 'compensate', 'cancel', 'pause', 'resume', 'abandon'],
  pathOf: pathOfSaga,
  idOf: ({ saga, txId }) => `${saga as string}/${txId as string}`,
  columns: ['status', 'step', 'code', 'needsOperator', 'paused', 'updatedAt'],
  filters: { saga: null, status: Object.keys(statuses), step: null, 'needs-operator': yesOrNo, paused: yesOrNo },
});
