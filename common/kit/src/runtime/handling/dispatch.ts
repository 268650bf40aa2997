import { isCommand, UNDONE, type Command, type Contract, type Message, type Refusal } from '../../contract';
import type { TargetEventMessage } from '../../envelope';
import { Forgotten, Unprocessable } from '../../unprocessable';
import type { HandlerContext, UnitOfWorkDefinition } from './handler-context';
import { inboxTable, inboxIdOf, parkedTable, type InboxRow } from '../ports/kit-tables';

/** Who handles a message, and what the unit of work is made of in which he does. */
export interface Listener {
  readonly definition: UnitOfWorkDefinition;
  handle(received: TargetEventMessage, context: HandlerContext): Promise<Message | Refusal | readonly Message[]>;
}

/**
 * A command or an event: has its handlers run once, and keeps the answer, so that whenever the message comes again, it is
 * answered the same. A command has one handler; those of an event run one after the other, in one transaction. The row that
 * is added last is the claim; whoever loses it looks first (`checksExisting`).
 */
export async function dispatch(
  context: HandlerContext,
  listeners: readonly Listener[],
  contract: Contract,
  received: TargetEventMessage,
): Promise<void> {
  const { attempt } = context;
  const { occurredAt } = received;
  const isOld = context.runtime.memory.forgotten(occurredAt, context.runtime.clock.atLeast()) !== undefined;
  const looks = isOld || attempt.checksExisting;
  const known = looks ? await attempt.rows(inboxTable).get(inboxIdOf(received)) : undefined;
  if (isOld && !known) await checkForgotten(context, contract, received);
  if (!isCommand(contract)) {
    if (!known) await handleEvent(context, listeners, contract, received);
    return;
  }
  const [to] = listeners;
  if (known) answerAgain(context, contract, received, known);
  else if (!to) throw new Unprocessable(`there is no handler for ${contract.name}`);
  else if (received.id.endsWith(undoSuffix)) await undo(context, to, contract, received);
  else answerWith(context, contract, received, await to.handle(received, context));
}

/** What may have been handled before all that is remembered is parked, and no handler sees it. */
async function checkForgotten(
  { attempt, runtime: { memory, clock } }: HandlerContext,
  { topic }: Contract,
  { id, occurredAt }: TargetEventMessage,
): Promise<void> {
  const parked = await attempt.rows(parkedTable).get(`${topic}/${id}`);
  const parkedAt = parked?.reason === 'forgotten' ? undefined : parked?.at;
  const forgotten = memory.forgotten(occurredAt, clock.atLeast(), parkedAt);
  if (forgotten !== undefined) throw new Forgotten(forgotten);
}

export const undoSuffix = '/undo';
export const doIdOf = (undoId: string): string => undoId.slice(0, -undoSuffix.length);

async function handleEvent(
  context: HandlerContext,
  listeners: readonly Listener[],
  contract: Contract,
  received: TargetEventMessage,
): Promise<void> {
  let count = 0;
  for (const listener of listeners) {
    const events = await listener.handle(received, context);
    if (!isList(events)) throw new Unprocessable(`${contract.name} is an event: its handler returns a list of events`);
    for (const event of events)
      context.emit(listener.definition, correlationOf(received), event, `returned ${count++}`);
  }
  claim(context, contract, received, { outcome: 'handled', ...noAnswer });
}

/**
 * A command that takes another one back. They meet in the row of the other: if that was answered with yes, the handler
 * takes it back; if it was refused, or has not come yet, there is nothing to take back. In the latter case the row is taken,
 * so that whenever the other comes, it does nothing.
 */
async function undo(
  context: HandlerContext,
  to: Listener,
  contract: Command,
  received: TargetEventMessage,
): Promise<void> {
  const { txId } = received;
  const doId = doIdOf(received.id);
  const done = await context.attempt.rows(inboxTable).get(inboxIdOf({ txId, id: doId }));
  if (!done) claim(context, contract, { ...received, id: doId }, { outcome: 'undone', ...noAnswer });
  if (done?.outcome !== 'answered') return answerWith(context, contract, received, contract.reply.of(received.message));
  const outcome = await to.handle(received, context);
  if ('code' in outcome)
    throw new Unprocessable(`${contract.name} takes something back and cannot refuse, but answered ${outcome.code}`);
  answerWith(context, contract, received, outcome);
}

/** A refusal drops what its handler wrote, but not the claim. */
function answerWith(
  context: HandlerContext,
  command: Command,
  received: TargetEventMessage,
  outcome: Message | Refusal | readonly Message[],
): void {
  const { name, reply } = command;
  const id = answerIdOf(received);
  if ('code' in outcome) {
    context.attempt.drop();
    const answer = context.refuse(id, correlationOf(received), reply.topic, outcome);
    const kept = { answerTopic: reply.topic, answerType: outcome.code, answer };
    return claim(context, command, received, { outcome: 'refused', ...kept });
  }
  if (!('payload' in outcome) || outcome.contract.name !== reply.name)
    throw new Unprocessable(`${name} has to be answered with ${reply.name}`);
  const answer = context.send(id, correlationOf(received), outcome);
  const kept = { answerTopic: reply.topic, answerType: reply.name, answer };
  claim(context, command, received, { outcome: 'answered', ...kept });
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

const noAnswer = { answerTopic: null, answerType: null, answer: null } as const;

const claim = (
  context: HandlerContext,
  { name: type, topic }: Contract,
  received: TargetEventMessage,
  became: Pick<InboxRow, 'outcome' | keyof typeof noAnswer>,
): void =>
  context.attempt
    .rows(inboxTable)
    .add({ id: inboxIdOf(received), type, topic, causationId: received.causationId, ...became, at: context.now() });
const isList = (outcome: Message | Refusal | readonly Message[]): outcome is readonly Message[] =>
  Array.isArray(outcome);
const answerIdOf = ({ id }: TargetEventMessage): string => `${id}/answer`;
const correlationOf = ({ target, txId }: TargetEventMessage) => ({ target, txId });
