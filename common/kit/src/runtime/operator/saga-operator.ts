import { masked } from '../../codec';
import { transacted, type UnitOfWorkRuntime } from '../handling/units-of-work';
import type { AuditRow } from '../ports/audit-table';
import { lookAt } from '../ports/look-at';
import { commandIdOf, undoIdOf } from '../../saga-runner';
import { openStatuses, sagaTable, txIdOf, type HistoryRow, type SagaRow } from '../ports/saga-tables';
import type { SagaFilter, SagaStore } from '../ports/store';
import { openInstances, type OpenInstances } from '../saga/load-definitions';
import type { Orchestration } from '../saga/orchestrate';
import { NewerDefinition } from '../saga/saga-definition';
import { acted, type ActRequest, type ActResult, type Subject } from './act';
import { compensationsFrom, planOf, type SagaActDetails, type SagaVerb } from './saga-plans';

/** An instance as an operator sees it. */
export interface SagaView {
  readonly saga: string;
  readonly txId: string;
  readonly status: SagaRow['status'];
  readonly step: string;
  readonly code: string | null;
  readonly message: string | null;
  readonly attempts: number;
  readonly needsOperator: boolean;
  readonly paused: boolean;
  readonly startedAt: string;
  readonly updatedAt: string;
  readonly dueAt: string | null;
  /** Changes with each of its steps and attempts: an act names the one that was seen. */
  readonly version: string;
  /** Why it waits, and what would end that. */
  readonly why: string;
}

/** All that there is to know of one. */
export interface SagaDetails extends SagaView {
  readonly done: readonly string[];
  readonly remaining: readonly string[];
  /** Compensations that are still to be sent. */
  readonly owed: readonly string[];
  /** What it knows by now; what is sensitive is masked. `undefined` where a newer program has written it. */
  readonly state: unknown;
  /** What the commands say that it has sent, made from its state anew; what is sensitive is masked. */
  readonly commands: readonly SentCommand[];
  readonly history: readonly HistoryRow[];
  /** What operators have done to it, oldest first. */
  readonly acts: readonly AuditRow[];
}

/** A command by its id, and what it says. */
export interface SentCommand {
  readonly messageId: string;
  readonly type: string;
  readonly message: unknown;
}

/** Sees the sagas of a service, and moves them. */
export class SagaOperator {
  constructor(
    private readonly calls: UnitOfWorkRuntime,
    private readonly sagas: Orchestration,
    private readonly store: SagaStore,
  ) {}

  /** Where the open instances of each saga of the service stand: what a new definition has to fit. */
  async definitions(): Promise<Readonly<Record<string, OpenInstances>>> {
    const all = this.sagas.names.map(async (name) => [name, await openInstances(name, this.store)] as const);
    return Object.fromEntries(await Promise.all(all));
  }

  /** What operators have done in this service, the latest first. */
  audit(limit: number, before?: string): Promise<readonly AuditRow[]> {
    return this.store.audit(limit, before);
  }

  /** In the order of their names and `txId`s. */
  async list(filter: SagaFilter, limit: number): Promise<readonly SagaView[]> {
    const rows = await this.store.list(filter, limit);
    return rows.map((row) => viewOf(row, this.standing(row)));
  }

  async show(saga: string, txId: string): Promise<SagaDetails | undefined> {
    const row = await lookAt(this.calls.database, sagaTable, `${saga}/${txId}`);
    if (!row) return undefined;
    const at = this.standing(row);
    const steps = at?.saga.steps.map((step) => step.do.name) ?? [];
    const history = await this.store.history(saga, txId);
    const index = row.status === 'completed' ? steps.length : steps.indexOf(row.step);
    return {
      ...viewOf(row, at),
      done: steps.slice(0, index),
      remaining: row.status === 'running' ? steps.slice(index + 1) : [],
      owed: at ? compensationsFrom(at.saga, at.now) : [],
      state: at && masked(at.saga.state, at.now.state),
      commands: at ? commandsIn(at, txId, history) : [],
      history,
      acts: (await this.store.acts(txId)).filter(({ subject }) => subject === subjectOf(row).name),
    };
  }

  /** In one transaction with the note of it. */
  act(
    verb: SagaVerb,
    saga: string,
    txId: string,
    request: ActRequest,
    details: SagaActDetails = {},
  ): Promise<ActResult> {
    return transacted(this.calls, async (called) => {
      const rows = called.attempt.rows(sagaTable);
      const id = `${saga}/${txId}`;
      const row = await rows.get(id);
      if (!row) return { outcome: 'unknown', detail: `there is no saga ${id}` };
      const forgotten = isOpen(row) && called.runtime.memory.forgottenSaga(row, called.runtime.clock.now());
      const plan =
        forgotten && !sendsNothing.includes(verb)
          ? { refused: forgotten }
          : planOf(this.sagas, row, verb, request.reason, details);
      const context = called.inTrace(row.traceparent); // what it sends belongs to the saga, and not to who asks for it
      return acted(context, verb, subjectOf(row), request, plan, async () => factsOf((await rows.get(id))!));
    });
  }

  /** `undefined` for what a newer program has written. */
  private standing(row: SagaRow): Standing | undefined {
    try {
      return this.sagas.look(row);
    } catch (error) {
      if (error instanceof NewerDefinition) return undefined;
      throw error;
    }
  }
}

/** Of what an instance could send, what it has sent. */
function commandsIn({ saga, now }: Standing, txId: string, history: readonly HistoryRow[]): SentCommand[] {
  const sent = new Set(history.filter(({ direction }) => direction === 'sent').map(({ messageId }) => messageId));
  return saga.steps
    .flatMap(({ do: command, undo }) => {
      const id = commandIdOf(saga, txId, command.name);
      return [[id, command] as const, ...(undo === 'nothing' ? [] : [[undoIdOf(id), undo] as const])];
    })
    .filter(([messageId]) => sent.has(messageId))
    .map(([messageId, { name, schema, of }]) => {
      return { messageId, type: name, message: masked(schema, of(now.state).payload) };
    });
}

type Standing = ReturnType<Orchestration['look']>;

function viewOf(row: SagaRow, at: Standing | undefined): SagaView {
  const { saga, status, step, code, attempts, needsOperator, paused, dueAt } = row;
  return {
    saga,
    txId: txIdOf(row),
    status,
    step,
    code,
    message: row.errorMessage,
    attempts,
    needsOperator,
    paused,
    startedAt: row.startedAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
    dueAt: dueAt && dueAt.toISOString(),
    version: versionOf(row),
    why: whyOf(row, at),
  };
}

function whyOf(row: SagaRow, at: Standing | undefined): string {
  if (!at) return 'A newer program has written it: that one goes on with it.';
  if (!at.awaited)
    return `It has ended: ${row.status}${row.code === null ? '' : `, ${row.code} at ${row.refusedStep}`}.`;
  const { command, kind } = at.awaited;
  const asked = `${command.name} was asked ${row.attempts === 1 ? 'once' : `${row.attempts} times`} on ${command.topic}`;
  if (row.paused)
    return `${asked}; an operator has paused it ${row.updatedAt.toISOString()}: nothing is sent and no deadline acts until it is resumed. ${command.reply.name} is kept if it comes.`;
  if (row.needsOperator)
    return `${asked}, and nobody has answered: bring its participant back and retry, or skip the step with its reply, or abandon it.`;
  const waits = `${asked}; it waits for ${command.reply.name} until ${row.dueAt?.toISOString()}`;
  return kind === 'compensatable' ? `${waits}. Then it is compensated.` : `${waits}. Then it asks again.`;
}

/** What may be done to a saga of which its participants remember nothing. */
const sendsNothing: readonly SagaVerb[] = ['abandon', 'pause', 'resume'];
const isOpen = ({ status }: SagaRow): boolean => openStatuses.includes(status);

const versionOf = ({ version, status, step, attempts, events, updatedAt, paused }: SagaRow): string =>
  [version, status, step, attempts, events, updatedAt.getTime(), ...(paused ? ['paused'] : [])].join('.');

function subjectOf(row: SagaRow): Subject {
  const { id, status, step, updatedAt } = row;
  const standing = `it is ${row.paused ? 'paused' : status} at ${step} since ${updatedAt.toISOString()}`;
  return { name: `saga ${id}`, txId: txIdOf(row), version: versionOf(row), standing, facts: factsOf(row) };
}

const factsOf = ({ status, step, code, attempts, paused }: SagaRow) => ({
  ...{ status, step, code, attempts },
  ...(paused && { paused: 'yes' }),
});
