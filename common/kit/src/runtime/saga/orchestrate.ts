import type { DecodedMessage } from '../../codec';
import type { Refusal } from '../../contract';
import type { Orchestrator } from '../../orchestrator';
import type { Cancellation } from '../../ports';
import type { Saga } from '../../saga';
import {
  advance,
  cancel,
  pendingCommand,
  begin,
  type StepOutcome,
  type PendingCommand,
  type SagaProgress,
} from '../../saga-runner';
import { NewerDefinition, type SagaDefinition } from './saga-definition';
import type { HandlerContext, Runtime, SagaStarter, UnitOfWorkDefinition } from '../handling/handler-context';
import type { RecentSagas } from './recent-sagas';
import { Unprocessable } from '../../unprocessable';
import { SagaHistory } from './saga-history';
import type { SagaCounts } from './saga-counts';
import { PausedSaga, waiting } from './waits';
import { sagaTable, txIdOf, type SagaRow } from '../ports/saga-tables';

/** A saga, what it does to the service's data, and what the unit of work is made of in which it does. */
export interface BoundOrchestrator {
  readonly orchestrator: Orchestrator;
  readonly definition: UnitOfWorkDefinition;
}

/** Whether messages of a topic with this key cannot be sent, or not be read. */
export type IsUnreachable = (topic: string, key: string) => boolean;

/** What a service with sagas runs on. */
export interface SagaRuntime extends Runtime {
  readonly sagas: Orchestration;
}

/** Begins the sagas of a service, and takes them further. */
export class Orchestration implements SagaStarter {
  /** By the names of the sagas. */
  constructor(
    private readonly definitions: ReadonlyMap<string, SagaDefinition>,
    private readonly orchestrators: ReadonlyMap<string, BoundOrchestrator>,
    readonly recent: RecentSagas,
    private readonly counts: SagaCounts,
  ) {}

  get names(): readonly string[] {
    return [...this.definitions.keys()];
  }

  /** Its row and its first command. A saga that has begun already is left alone. */
  async begin<State>(context: HandlerContext, saga: Saga<State>, txId: string, state: State): Promise<void> {
    const definition = this.definitionOf(saga.name);
    const id = `${saga.name}/${txId}`;
    const rows = context.attempt.rows(sagaTable);
    if (context.attempt.checksExisting && (await rows.get(id))) return;
    const blank = { ...unbegun(saga, txId, context.runtime.clock.now()), step: '', paused: false };
    rows.add(stepped(context, definition, blank, begin(saga, state), new SagaHistory(context, blank)));
    context.attempt.afterwards.push(() => this.recent.begun(saga.name));
  }

  /** The saga's row decides between a cancellation and an answer that comes at the same time. */
  async cancel(context: HandlerContext, saga: Saga, txId: string, refusal: Refusal): Promise<Cancellation> {
    const definition = this.definitionOf(saga.name);
    const row = await context.attempt.rows(sagaTable).get(`${saga.name}/${txId}`);
    if (!row) return 'UNKNOWN';
    if (row.paused) throw new PausedSaga(row.id);
    const outcome = cancel(definition.saga, read(definition, row), refusal);
    if (!('next' in outcome)) return outcome.answer;
    if (context.runtime.memory.forgottenSaga(row, context.runtime.clock.now())) return 'TOO_LATE';
    await this.move(context, row, outcome.next);
    return outcome.answer;
  }

  /** Where an instance stands, and what it waits for. */
  look(row: SagaRow): {
    readonly saga: Saga;
    readonly now: SagaProgress;
    readonly awaited: PendingCommand | undefined;
  } {
    const definition = this.definitionOf(row.saga);
    const now = read(definition, row);
    return { saga: definition.saga, now, awaited: pendingCommand(definition.saga, txIdOf(row), now) };
  }

  /** Takes an instance to `next`, though its answer has not come. */
  move(context: HandlerContext, row: SagaRow, next: SagaProgress): Promise<void> {
    return this.goOn(context, this.orchestrators.get(row.saga)!, row, next, new SagaHistory(context, row));
  }

  /** Sends the awaited command again, and waits as for its first attempt. */
  async askAgain(context: HandlerContext, row: SagaRow, awaited: PendingCommand): Promise<void> {
    const history = new SagaHistory(context, row);
    await history.sendAgain(awaited.id, awaited.message());
    const again = { attempts: 1, needsOperator: false, ...history.kept, ...waiting(context, awaited, 1, row) };
    context.attempt.rows(sagaTable).put({ ...row, ...again });
  }

  /**
   * A reply or a refusal for a saga. The awaited answer takes it one step further, and what follows is sent in the same
   * transaction; everything else changes nothing, and is kept in its history.
   */
  async receive(
    context: HandlerContext,
    to: BoundOrchestrator,
    topic: string,
    received: DecodedMessage,
  ): Promise<void> {
    const { saga } = to.orchestrator;
    const definition = this.definitionOf(saga.name);
    const { txId } = received.envelope;
    const id = `${saga.name}/${txId}`;
    const row = await context.attempt.rows(sagaTable).get(id);
    const late = () => void context.attempt.afterwards.push(() => this.counts.late(saga.name));
    if (!row) {
      late();
      return new SagaHistory(context, unbegun(saga, txId, context.now())).received(topic, received, false);
    }
    if (row.paused) throw new PausedSaga(id);
    const history = new SagaHistory(context, row);
    const now = row.status === 'completed' || row.status === 'rejected' ? undefined : read(definition, row);
    const next = now && advance(saga, txId, now, answerOf(received));
    await history.received(topic, received, next !== now);
    if (!next || next === now) {
      late();
      context.attempt.rows(sagaTable).put({ ...row, ...history.kept });
    } else await this.goOn(context, to, row, next, history);
  }

  /**
   * The wait of attempt number `attempts` is over. A step that can be given up is compensated; any other command is
   * sent again, until that has been done often enough and an operator is needed. The timer of an ask that was answered changes nothing; one
   * whose command or answer has no way to go waits until it has.
   */
  async timeOut(
    polled: HandlerContext,
    to: BoundOrchestrator,
    {
      txId,
      attempts,
      isUnreachable,
    }: { readonly txId: string; readonly attempts: number; readonly isUnreachable: IsUnreachable },
  ): Promise<'needs-operator' | 'cut-off' | undefined> {
    const { saga } = to.orchestrator;
    const definition = this.definitionOf(saga.name);
    const row = await polled.attempt.rows(sagaTable).get(`${saga.name}/${txId}`);
    const at = polled.runtime.clock.forWaits();
    if (!row?.dueAt || row.attempts !== attempts || row.dueAt > at) return undefined;
    const context = polled.inTrace(row.traceparent);
    const now = read(definition, row);
    const awaited = pendingCommand(saga, txId, now);
    if (!awaited) return undefined;
    if (isUnreachable(awaited.command.topic, txId) || isUnreachable(awaited.command.reply.topic, txId))
      return 'cut-off';
    if (context.runtime.memory.forgottenSaga(row, context.runtime.clock.now())) {
      context.attempt.rows(sagaTable).put({ ...row, dueAt: null, needsOperator: true });
      return 'needs-operator';
    }
    const history = new SagaHistory(context, row);
    const askedMs = row.updatedAt.getTime(); // perhaps under another definition, which waits longer
    const timedOutAfterMs = Math.max(0, Math.min(awaited.waitMs(attempts) ?? 0, at.getTime() - askedMs));
    const next = advance(saga, txId, now, { causationId: awaited.id, timedOutAfterMs });
    if (next !== now) {
      await this.goOn(context.onTimeout(awaited.id), to, row, next, history);
      return undefined;
    }
    await history.sendAgain(awaited.id, awaited.message());
    const again = {
      ...row,
      attempts: attempts + 1,
      ...history.kept,
      ...waiting(context, awaited, attempts + 1),
    };
    context.attempt.rows(sagaTable).put({ ...again, needsOperator: again.dueAt === null });
    return again.dueAt === null ? 'needs-operator' : undefined;
  }

  private async goOn(
    context: HandlerContext,
    { orchestrator, definition }: BoundOrchestrator,
    row: SagaRow,
    next: SagaProgress,
    history: SagaHistory,
  ): Promise<void> {
    const forgotten =
      next.status === 'compensating' && context.runtime.memory.forgottenSaga(row, context.runtime.clock.now());
    if (forgotten) throw new Unprocessable(forgotten);
    const written = stepped(context, this.definitionOf(row.saga), row, next, history);
    context.attempt.rows(sagaTable).put(written);
    if (next.status === 'completed' || next.status === 'rejected')
      context.attempt.afterwards.push(() => {
        this.recent.ended(written);
        this.counts.ended(written);
      });
    const { endings } = orchestrator;
    const ports = context.ports(definition);
    if (next.status === 'completed') await endings.completed(next.state, ports);
    else if (next.status === 'rejected') await endings.rejected(next.state, next.refusal, ports);
    else if (next.status === 'running') await endings.after?.[row.step]?.(next.state, ports);
  }

  private definitionOf(saga: string): SagaDefinition {
    const definition = this.definitions.get(saga);
    if (!definition)
      throw new Error(`${saga} is not a saga of this service: bind its orchestrator as a MessageHandler`);
    return definition;
  }
}

/** What there is of an instance before it has a row. */
const unbegun = ({ name }: Saga, txId: string, startedAt: Date) => ({
  ...{ id: `${name}/${txId}`, saga: name, events: 0, startedAt },
  ...{ history: null, code: null, errorMessage: null },
});

/** The row of an instance that has come to `next`; sends the command that it waits for now. */
function stepped(
  context: HandlerContext,
  definition: SagaDefinition,
  row: Pick<SagaRow, 'id' | 'saga' | 'step' | 'paused' | 'startedAt'>,
  next: SagaProgress,
  history: SagaHistory,
): SagaRow {
  const txId = txIdOf(row);
  const awaited = pendingCommand(definition.saga, txId, next);
  if (awaited) history.send(awaited.id, awaited.message());
  return {
    ...row,
    ...definition.write(next),
    step: 'step' in next ? next.step : row.step,
    attempts: awaited ? 1 : 0,
    needsOperator: false,
    ...history.kept,
    ...waiting(context, awaited, 1),
  };
}

function answerOf({ type, envelope }: DecodedMessage): StepOutcome {
  const { causationId } = envelope;
  if ('code' in envelope) return { causationId, code: envelope.code, errorMessage: envelope.errorMessage };
  return { causationId, type, message: envelope.message };
}

function read(definition: SagaDefinition, row: SagaRow): SagaProgress {
  if (!definition.canRead(row))
    throw new NewerDefinition(`${row.id} was written by version ${row.version} of ${row.saga}`);
  return definition.read(row);
}
