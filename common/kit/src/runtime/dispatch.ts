import { isCommand, UNDONE, type Command, type Contract, type Message, type Refusal } from '../contract';
import type { Dispatcher } from '../dispatcher';
import type { TargetEventMessage } from '../envelope';
import { Unprocessable } from '../unprocessable';
import type { Desk, Means } from './engine';
import { inboxTable, type InboxRow } from './kit-tables';

/** A dispatcher, and what its unit of work is made of. */
export interface Dispatching {
  readonly dispatcher: Dispatcher;
  readonly means: Means;
}

/**
 * A command or an event for a participant: has its handler run once, and keeps the answer, so that whenever the message
 * comes again, it is answered the same. The row that is added last is the claim; whoever loses it looks first (`careful`).
 */
export async function dispatch(
  desk: Desk,
  to: Dispatching,
  contract: Contract,
  received: TargetEventMessage,
): Promise<void> {
  const known = desk.scope.careful ? await desk.scope.rows(inboxTable).get(received.id) : undefined;
  if (!isCommand(contract)) {
    if (!known) await handleEvent(desk, to, contract, received);
  } else if (known) answerAgain(desk, contract, received, known);
  else if (received.id.endsWith(undoSuffix)) await undo(desk, to, contract, received);
  else answerWith(desk, contract, received, await handle(desk, to, contract, received));
}

export const undoSuffix = '/undo';
export const doIdOf = (undoId: string): string => undoId.slice(0, -undoSuffix.length);

async function handleEvent(
  desk: Desk,
  to: Dispatching,
  contract: Contract,
  received: TargetEventMessage,
): Promise<void> {
  const events = await handle(desk, to, contract, received);
  if (!isList(events)) throw new Unprocessable(`${contract.name} is an event: its handler returns a list of events`);
  events.forEach((event, index) => desk.emit(to.means, processOf(received), event, `returned ${index}`));
  claim(desk, { id: received.id, outcome: 'handled', answerTopic: null, answer: null });
}

/**
 * A command that takes another one back. They meet in the row of the other: if that was answered with yes, the handler
 * takes it back; if it was refused, or has not come yet, there is nothing to take back. In the latter case the row is taken,
 * so that whenever the other comes, it does nothing.
 */
async function undo(desk: Desk, to: Dispatching, contract: Command, received: TargetEventMessage): Promise<void> {
  const doId = doIdOf(received.id);
  const done = await desk.scope.rows(inboxTable).get(doId);
  if (!done) claim(desk, { id: doId, outcome: 'undone', answerTopic: null, answer: null });
  if (done?.outcome !== 'answered') return answerWith(desk, contract, received, contract.reply.of(received.message));
  const outcome = await handle(desk, to, contract, received);
  if ('code' in outcome)
    throw new Unprocessable(`${contract.name} takes something back and cannot refuse, but answered ${outcome.code}`);
  answerWith(desk, contract, received, outcome);
}

async function handle(
  desk: Desk,
  { dispatcher, means }: Dispatching,
  { name }: Contract,
  received: TargetEventMessage,
) {
  const handler = dispatcher.handlers[name];
  if (!handler) throw new Unprocessable(`there is no handler for ${name}`);
  return handler(received, desk.ports(means));
}

/** A refusal drops what its handler wrote, but not the claim. */
function answerWith(
  desk: Desk,
  { name, reply }: Command,
  received: TargetEventMessage,
  outcome: Message | Refusal | readonly Message[],
): void {
  const id = answerIdOf(received);
  if ('code' in outcome) {
    desk.scope.drop();
    const answer = desk.refuse(id, processOf(received), reply.topic, outcome);
    return claim(desk, { id: received.id, outcome: 'refused', answerTopic: reply.topic, answer });
  }
  if (!('payload' in outcome) || outcome.contract.name !== reply.name)
    throw new Unprocessable(`${name} has to be answered with ${reply.name}`);
  const answer = desk.send(id, processOf(received), outcome);
  claim(desk, { id: received.id, outcome: 'answered', answerTopic: reply.topic, answer });
}

function answerAgain(
  desk: Desk,
  { reply }: Command,
  received: TargetEventMessage,
  { outcome, answerTopic, answer }: InboxRow,
): void {
  if (answerTopic !== null && answer !== null) desk.put(answerTopic, received.txId, answer);
  else if (outcome === 'undone')
    desk.refuse(answerIdOf(received), processOf(received), reply.topic, {
      code: UNDONE,
      errorMessage: 'its undo came first',
    });
}

const claim = (desk: Desk, row: Omit<InboxRow, 'at'>): void =>
  desk.scope.rows(inboxTable).add({ ...row, at: desk.now() });
const isList = (outcome: Message | Refusal | readonly Message[]): outcome is readonly Message[] =>
  Array.isArray(outcome);
const answerIdOf = ({ id }: TargetEventMessage): string => `${id}/answer`;
const processOf = ({ target, txId }: TargetEventMessage) => ({ target, txId });
