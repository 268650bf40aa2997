import type { Decoded } from '../codec';
import type { Orchestrator } from '../orchestrator';
import type { Saga } from '../saga';
import { advance, asking, begin, type Answer, type Asking, type Progress } from '../saga-runner';
import type { Definition } from './definition';
import type { Desk, Means } from './engine';
import { Journal } from './journal';
import { sagaTable, type SagaRow } from './kit-tables';

/** A saga, what it does to the service's data, and what the unit of work is made of in which it does. */
export interface Orchestrating {
  readonly orchestrator: Orchestrator;
  readonly means: Means;
}

/** An instance was written by a newer program than this: whoever knows its definition goes on with it. */
export class NewerDefinition extends Error {
  override readonly name = 'NewerDefinition';
}

/** Its row and its first command. A saga that has begun already is left alone. */
export async function beginSaga<State>(desk: Desk, saga: Saga<State>, txId: string, state: State): Promise<void> {
  const definition = definitionOf(desk, saga.name);
  const id = `${saga.name}/${txId}`;
  const rows = desk.scope.rows(sagaTable);
  if (desk.scope.careful && (await rows.get(id))) return;
  const blank = { id, saga: saga.name, step: '', events: 0, startedAt: desk.engine.clock.now() };
  rows.add(stepped(desk, definition, blank, begin(saga, state), new Journal(desk, id, 0)));
}

/**
 * A reply or a refusal for a saga. The awaited answer takes it one step further, and what follows is sent in the same
 * transaction; everything else changes nothing, and is kept in the journal.
 */
export async function orchestrate(desk: Desk, to: Orchestrating, topic: string, received: Decoded): Promise<void> {
  const { saga } = to.orchestrator;
  const definition = definitionOf(desk, saga.name);
  const { txId } = received.envelope;
  const id = `${saga.name}/${txId}`;
  const row = await desk.scope.rows(sagaTable).get(id);
  if (!row) return new Journal(desk, id, 0).received(topic, received, false);
  const journal = new Journal(desk, id, row.events);
  const now = row.status === 'approved' || row.status === 'rejected' ? undefined : read(definition, row);
  const next = now && advance(saga, txId, now, answerOf(received));
  await journal.received(topic, received, next !== now);
  if (!next || next === now) desk.scope.rows(sagaTable).put({ ...row, events: journal.events });
  else await goOn(desk, to, row, next, journal);
}

/** Whether messages of a topic with this key cannot be sent, or not be read. */
export type CutOff = (topic: string, key: string) => boolean;

/**
 * The timer of ask number `asks` has run out. A step that can be given up is undone; anything else is asked again, until
 * that has been done often enough and an operator is needed. The timer of an ask that was answered changes nothing; one
 * whose command or answer has no way to go waits until it has.
 */
export async function silence(
  desk: Desk,
  to: Orchestrating,
  { txId, asks, cutOff }: { readonly txId: string; readonly asks: number; readonly cutOff: CutOff },
): Promise<'needs-operator' | 'cut-off' | undefined> {
  const { saga } = to.orchestrator;
  const definition = definitionOf(desk, saga.name);
  const row = await desk.scope.rows(sagaTable).get(`${saga.name}/${txId}`);
  const at = desk.engine.clock.forWaits();
  if (!row?.dueAt || row.asks !== asks || row.dueAt > at) return undefined;
  const now = read(definition, row);
  const awaited = asking(saga, txId, now);
  if (!awaited) return undefined;
  if (cutOff(awaited.command.topic, txId) || cutOff(awaited.command.reply.topic, txId)) return 'cut-off';
  const journal = new Journal(desk, row.id, row.events);
  const askedMs = row.updatedAt.getTime(); // perhaps under another definition, which waits longer
  const silentMs = Math.max(0, Math.min(awaited.waitMs(asks) ?? 0, at.getTime() - askedMs));
  const next = advance(saga, txId, now, { causationId: awaited.id, silentMs });
  if (next !== now) {
    await goOn(desk.onSilence(awaited.id), to, row, next, journal);
    return undefined;
  }
  desk.send(awaited.id, { target: saga.name, txId }, awaited.message(), await journal.sentAgain(awaited.id));
  const again = { ...row, asks: asks + 1, events: journal.events, ...waiting(desk, awaited, asks + 1) };
  desk.scope.rows(sagaTable).put({ ...again, needsOperator: again.dueAt === null });
  return again.dueAt === null ? 'needs-operator' : undefined;
}

async function goOn(
  desk: Desk,
  { orchestrator, means }: Orchestrating,
  row: SagaRow,
  next: Progress,
  journal: Journal,
): Promise<void> {
  desk.scope.rows(sagaTable).put(stepped(desk, definitionOf(desk, row.saga), row, next, journal));
  const { endings } = orchestrator;
  const ports = desk.ports(means);
  if (next.status === 'approved') await endings.approved(next.state, ports);
  else if (next.status === 'rejected') await endings.rejected(next.state, next.refusal, ports);
  else if (next.status === 'doing') await endings.after?.[row.step]?.(next.state, ports);
}

/** The row of an instance that has come to `next`; sends the command that it waits for now. */
function stepped(
  desk: Desk,
  definition: Definition,
  row: Pick<SagaRow, 'id' | 'saga' | 'step' | 'startedAt'>,
  next: Progress,
  journal: Journal,
): SagaRow {
  const txId = row.id.slice(row.saga.length + 1);
  const awaited = asking(definition.saga, txId, next);
  if (awaited) {
    const message = awaited.message();
    desk.send(awaited.id, { target: row.saga, txId }, message);
    journal.sent(awaited.id, message, desk.causationId);
  }
  return {
    ...row,
    ...definition.write(next),
    step: 'step' in next ? next.step : row.step,
    asks: awaited ? 1 : 0,
    needsOperator: false,
    events: journal.events,
    ...waiting(desk, awaited, 1),
  };
}

/** From when and until when an instance waits. */
function waiting(desk: Desk, awaited: Asking | undefined, asks: number): Pick<SagaRow, 'updatedAt' | 'dueAt'> {
  const updatedAt = desk.engine.clock.now();
  const waitMs = awaited?.waitMs(asks);
  return { updatedAt, dueAt: waitMs === undefined ? null : new Date(updatedAt.getTime() + waitMs) };
}

function answerOf({ type, envelope }: Decoded): Answer {
  const { causationId } = envelope;
  if ('code' in envelope) return { causationId, code: envelope.code, errorMessage: envelope.errorMessage };
  return { causationId, type, message: envelope.message };
}

function read(definition: Definition, row: SagaRow): Progress {
  if (!definition.canRead(row))
    throw new NewerDefinition(`${row.id} was written by version ${row.version} of ${row.saga}`);
  return definition.read(row);
}

function definitionOf(desk: Desk, saga: string): Definition {
  const definition = desk.engine.definitions.get(saga);
  if (!definition) throw new Error(`${saga} is not a saga of this service: bind its orchestrator as a Listener`);
  return definition;
}
