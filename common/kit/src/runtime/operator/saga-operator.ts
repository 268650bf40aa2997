import { transacted, type UnitOfWorkRuntime } from '../handling/units-of-work';
import type { AuditRow } from '../ports/audit-table';
import { Entry } from '../ports/entries';
import { sagaTable, type HistoryRow, type SagaRow } from '../ports/saga-tables';
import type { SagaFilter, SagaStore } from '../ports/store';
import { openInstances, type OpenInstances } from '../saga/load-definitions';
import { NewerDefinition, type Orchestration } from '../saga/orchestrate';
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
  readonly history: readonly HistoryRow[];
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
    return rows.map((row) => this.viewOf(row));
  }

  async show(saga: string, txId: string): Promise<SagaDetails | undefined> {
    const entry = new Entry(sagaTable, `${saga}/${txId}`);
    await this.calls.database.look(new Map([[sagaTable, [entry]]]));
    if (!entry.stored) return undefined;
    const row = entry.item as SagaRow;
    const { steps, owed } = this.stepsOf(row);
    const index = steps.indexOf(row.step);
    const history = await this.store.history(saga, txId);
    const [done, remaining] =
      row.status === 'completed' ? [steps, []] : [steps.slice(0, index), steps.slice(index + 1)];
    return { ...this.viewOf(row), done, remaining: row.status === 'running' ? remaining : [], owed, history };
  }

  /** In one transaction with the note of it. */
  act(
    verb: SagaVerb,
    saga: string,
    txId: string,
    request: ActRequest,
    details: SagaActDetails = {},
  ): Promise<ActResult> {
    return transacted(this.calls, async (context) => {
      const rows = context.attempt.rows(sagaTable);
      const id = `${saga}/${txId}`;
      const row = await rows.get(id);
      if (!row) return { outcome: 'unknown', detail: `there is no saga ${id}` };
      const forgotten = isOpen(row) && this.sagas.memory.forgotten(row, context.runtime.clock.now());
      const plan =
        forgotten && verb !== 'abandon'
          ? { refused: forgotten }
          : planOf(this.sagas, row, verb, request.reason, details);
      return acted(context, verb, subjectOf(row), request, plan, async () => factsOf((await rows.get(id))!));
    });
  }

  private viewOf(row: SagaRow): SagaView {
    const { saga, status, step, code, attempts, needsOperator, dueAt } = row;
    return {
      saga,
      txId: row.id.slice(saga.length + 1),
      status,
      step,
      code,
      message: row.errorMessage,
      attempts,
      needsOperator,
      startedAt: row.startedAt.toISOString(),
      updatedAt: row.updatedAt.toISOString(),
      dueAt: dueAt && dueAt.toISOString(),
      version: versionOf(row),
      why: this.whyOf(row),
    };
  }

  private stepsOf(row: SagaRow): { readonly steps: readonly string[]; readonly owed: readonly string[] } {
    try {
      const { saga, now } = this.sagas.look(row);
      return { steps: saga.steps.map((step) => step.do.name), owed: compensationsFrom(saga, now) };
    } catch (error) {
      if (error instanceof NewerDefinition) return { steps: [], owed: [] };
      throw error;
    }
  }

  private whyOf(row: SagaRow): string {
    try {
      const { awaited } = this.sagas.look(row);
      if (!awaited)
        return `It has ended: ${row.status}${row.code === null ? '' : `, ${row.code} at ${row.refusedStep}`}.`;
      const { command, kind } = awaited;
      const asked = `${command.name} was asked ${row.attempts === 1 ? 'once' : `${row.attempts} times`} on ${command.topic}`;
      if (row.needsOperator)
        return `${asked}, and nobody has answered: bring its participant back and retry, or skip the step with its reply, or abandon it.`;
      const waits = `${asked}; it waits for ${command.reply.name} until ${row.dueAt?.toISOString()}`;
      return kind === 'compensatable' ? `${waits}. Then it is compensated.` : `${waits}. Then it asks again.`;
    } catch (error) {
      if (error instanceof NewerDefinition) return 'A newer program has written it: that one goes on with it.';
      throw error;
    }
  }
}

const isOpen = ({ status }: SagaRow): boolean => status === 'running' || status === 'compensating';

const versionOf = ({ version, status, step, attempts, events }: SagaRow): string =>
  [version, status, step, attempts, events].join('.');

function subjectOf(row: SagaRow): Subject {
  const { id, status, step, updatedAt } = row;
  const standing = `it is ${status} at ${step} since ${updatedAt.toISOString()}`;
  return { name: `saga ${id}`, version: versionOf(row), standing, facts: factsOf(row) };
}

const factsOf = ({ status, step, code, attempts }: SagaRow) => ({ status, step, code, attempts });
