import { isCommand, UNDONE, type Command, type Contract, type Message, type Refusal } from '../../contract';
import type { Dispatcher } from '../../dispatcher';
import type { TargetEventMessage } from '../../envelope';
import { Unprocessable } from '../../unprocessable';
import type { HandlerContext, UnitOfWorkDefinition } from './handler-context';
import { inboxTable, type InboxRow } from '../ports/kit-tables';

/** A dispatcher, and what its unit of work is made of. */
export interface BoundDispatcher {
  readonly dispatcher: Dispatcher;
  readonly definition: UnitOfWorkDefinition;
}

/**
 * A command or an event for a participant: has its handler run once, and keeps the answer, so that whenever the message
 * comes again, it is answered the same. The row that is added last is the claim; whoever loses it looks first (`checksExisting`).
 */
export async function dispatch(
  context: HandlerContext,
  to: BoundDispatcher,
  contract: Contract,
  received: TargetEventMessage,
): Promise<void> {
  const known = context.attempt.checksExisting ? await context.attempt.rows(inboxTable).get(received.id) : undefined;
  if (!isCommand(contract)) {
    if (!known) await handleEvent(context, to, contract, received);
  } else if (known) answerAgain(context, contract, received, known);
  else if (received.id.endsWith(undoSuffix)) await undo(context, to, contract, received);
  else answerWith(context, contract, received, await handle(context, to, contract, received));
}

export const undoSuffix = '/undo';
export const doIdOf = (undoId: string): string => undoId.slice(0, -undoSuffix.length);

async function handleEvent(
  context: HandlerContext,
  to: BoundDispatcher,
  contract: Contract,
  received: TargetEventMessage,
): Promise<void> {
  const events = await handle(context, to, contract, received);
  if (!isList(events)) throw new Unprocessable(`${contract.name} is an event: its handler returns a list of events`);
  events.forEach((event, index) => context.emit(to.definition, correlationOf(received), event, `returned ${index}`));
  claim(context, { id: received.id, outcome: 'handled', answerTopic: null, answer: null });
}

/**
 * A command that takes another one back. They meet in the row of the other: if that was answered with yes, the handler
 * takes it back; if it was refused, or has not come yet, there is nothing to take back. In the latter case the row is taken,
 * so that whenever the other comes, it does nothing.
 */
async function undo(
  context: HandlerContext,
  to: BoundDispatcher,
  contract: Command,
  received: TargetEventMessage,
): Promise<void> {
  const doId = doIdOf(received.id);
  const done = await context.attempt.rows(inboxTable).get(doId);
  if (!done) claim(context, { id: doId, outcome: 'undone', answerTopic: null, answer: null });
  if (done?.outcome !== 'answered') return answerWith(context, contract, received, contract.reply.of(received.message));
  const outcome = await handle(context, to, contract, received);
  if ('code' in outcome)
    throw new Unprocessable(`${contract.name} takes something back and cannot refuse, but answered ${outcome.code}`);
  answerWith(context, contract, received, outcome);
}

async function handle(
  context: HandlerContext,
  { dispatcher, definition }: BoundDispatcher,
  { name }: Contract,
  received: TargetEventMessage,
) {
  const handler = dispatcher.handlers[name];
  if (!handler) throw new Unprocessable(`there is no handler for ${name}`);
  return handler(received, context.ports(definition));
}

/** A refusal drops what its handler wrote, but not the claim. */
function answerWith(
  context: HandlerContext,
  { name, reply }: Command,
  received: TargetEventMessage,
  outcome: Message | Refusal | readonly Message[],
): void {
  const id = answerIdOf(received);
  if ('code' in outcome) {
    context.attempt.drop();
    const answer = context.refuse(id, correlationOf(received), reply.topic, outcome);
    return claim(context, { id: received.id, outcome: 'refused', answerTopic: reply.topic, answer });
  }
  if (!('payload' in outcome) || outcome.contract.name !== reply.name)
    throw new Unprocessable(`${name} has to be answered with ${reply.name}`);
  const answer = context.send(id, correlationOf(received), outcome);
  claim(context, { id: received.id, outcome: 'answered', answerTopic: reply.topic, answer });
}

function answerAgain(
  context: HandlerContext,
  { reply }: Command,
  received: TargetEventMessage,
  { outcome, answerTopic, answer }: InboxRow,
): void {
  if (answerTopic !== null && answer !== null) context.put(answerTopic, received.txId, answer);
  else if (outcome === 'undone')
    context.refuse(answerIdOf(received), correlationOf(received), reply.topic, {
      code: UNDONE,
      errorMessage: 'its undo came first',
    });
}

const claim = (context: HandlerContext, row: Omit<InboxRow, 'at'>): void =>
  context.attempt.rows(inboxTable).add({ ...row, at: context.now() });
const isList = (outcome: Message | Refusal | readonly Message[]): outcome is readonly Message[] =>
  Array.isArray(outcome);
const answerIdOf = ({ id }: TargetEventMessage): string => `${id}/answer`;
const correlationOf = ({ target, txId }: TargetEventMessage) => ({ target, txId });
