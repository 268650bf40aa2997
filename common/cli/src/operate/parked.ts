import type { ParkReason } from 'saga-kit/runtime';
import { operating } from './operate';

const help = `Shows messages that were parked (dead letters), and has them handled again or given up for good.

  npx saga-kit parked list [--topic <topic>] [--ordering-key '<topic>|<key>'] [--why exhausted]
  npx saga-kit parked show <id> [--bytes]                    with its content, decoded if it can be
  npx saga-kit parked replay <id> --reason <why> [--yes]     handles it again, and then those behind it, in order
  npx saga-kit parked drop <id> --reason <why> [--yes]       gives it up; those behind it are handled
  npx saga-kit parked replay|drop --ordering-key '<topic>|<key>' --reason <why> [--yes]
  npx saga-kit parked replay|drop [--topic <topic>] [--why exhausted] --reason <why> [--per-second 10] [--max 1000] [--yes]

With a filter instead of an id, an act is done to each message that it leaves, those first that were tried the longest ago;
what is behind a message that is replayed follows it, in order. Ctrl-C breaks it off, and the same command goes on.

Without --yes an act is only described. It is done on what was described and nothing else: if the message has come once more
meanwhile, that is said. Who has done it (--who, else your user name) and why is kept in kit_audit.

  --url http://localhost:3000  where the services run; ADMIN_TOKEN, where it is set, is sent as a bearer token
  --bytes                      shows its bytes too, in base64; what the contract marks as sensitive is not masked in them
  --json                       prints data

Ends with 0; with 1 when there is no such message, the act cannot be, or it was too late, also for one of many; with 2 when
the command is wrong, 3 when nobody answers, 130 when interrupted.`;

const reasons: Readonly<Record<ParkReason, true>> = {
  unprocessable: true,
  forgotten: true,
  exhausted: true,
  behind: true,
  paused: true,
  empty: true,
  'not-avro': true,
  'unknown-schema': true,
  'unexpected-type': true,
  'incompatible-schema': true,
  corrupt: true,
  'bad-envelope': true,
};

/** Sees parked messages, and moves them. */
export const parked = operating({
  help,
  noun: 'parked',
  acts: ['replay', 'drop'],
  pathOf: encodeURIComponent,
  idOf: ({ id }) => id as string,
  columns: ['reason', 'orderingKey', 'times', 'error'],
  filters: { topic: null, 'ordering-key': null, why: Object.keys(reasons) },
  inBulk: true,
  shows: ['bytes'],
});
