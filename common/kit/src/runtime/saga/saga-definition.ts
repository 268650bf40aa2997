import { createHash } from 'node:crypto';
import type { Type } from 'avsc';
import { avroTypeOf, canonical } from '../../codec';
import type { SagaRefusal } from '../../orchestrator';
import type { Saga } from '../../saga';
import type { SagaProgress } from '../../saga-runner';
import type { SagaDefinitionRow, SagaRow } from '../ports/saga-tables';

/** An instance was written by a newer program than this: whoever knows its definition goes on with it. */
export class NewerDefinition extends Error {
  override readonly name = 'NewerDefinition';
}

/** A saga as it is stored: the state as Avro, which survives new fields, and the rest in columns. */
export class SagaDefinition<State = any> {
  readonly version: string;
  readonly row: SagaDefinitionRow;
  private readonly type: Type;
  private readonly readers = new Map<string, ReturnType<Type['createResolver']> | undefined>();

  constructor(readonly saga: Saga<State>) {
    const stateSchema = canonical(saga.state);
    const steps = saga.steps.map(
      ({ kind, do: command, undo }) => `${kind} ${command.name} ${undo === 'nothing' ? 'nothing' : undo.name}`,
    );
    this.type = avroTypeOf(stateSchema);
    this.version = createHash('sha256')
      .update(JSON.stringify([steps, stateSchema], withoutMarks))
      .digest('hex')
      .slice(0, 12);
    this.row = { id: `${saga.name}/${this.version}`, saga: saga.name, steps, stateSchema };
    this.readers.set(this.version, undefined);
  }

  /** Makes instances of another definition readable. Throws when its state cannot be read as ours. */
  learn({ id, stateSchema }: SagaDefinitionRow): void {
    const version = id.slice(id.indexOf('/') + 1);
    if (this.readers.has(version)) return;
    this.readers.set(version, this.type.createResolver(avroTypeOf(stateSchema as Parameters<typeof avroTypeOf>[0])));
  }

  /** False for what a newer program wrote: it is its business. */
  canRead({ version }: Pick<SagaRow, 'version'>): boolean {
    return this.readers.has(version);
  }

  read(row: SagaRow): SagaProgress<State> {
    const state: State = this.type.fromBuffer(row.state, this.readers.get(row.version));
    const { status, step } = row;
    if (status === 'running') return { status, step, state };
    if (status === 'completed') return { status, state };
    const refusal: SagaRefusal = { step: row.refusedStep!, code: row.code!, errorMessage: row.errorMessage! };
    return status === 'compensating' ? { status, step, state, refusal } : { status, state, refusal };
  }

  write(
    now: SagaProgress<State>,
  ): Pick<SagaRow, 'version' | 'status' | 'state' | 'refusedStep' | 'code' | 'errorMessage'> {
    const refusal = 'refusal' in now ? now.refusal : undefined;
    return {
      version: this.version,
      status: now.status,
      state: this.type.toBuffer(now.state),
      refusedStep: refusal?.step ?? null,
      code: refusal?.code ?? null,
      errorMessage: refusal?.errorMessage ?? null,
    };
  }
}

/** What operators may see of a state changes nothing about it. */
const withoutMarks = (name: string, value: unknown): unknown => (name === 'sensitive' ? undefined : value);

/**
 * Where the steps of an older definition up to and including the one an open instance stands at are not the first ones of
 * the newer, that instance could not go on: says so. Steps behind it may change freely.
 */
export function misfit(older: SagaDefinitionRow, newer: SagaDefinitionRow, standsAt: string): string | undefined {
  const index = older.steps.findIndex((step) => step.split(' ')[1] === standsAt);
  const before = older.steps.slice(0, index + 1);
  const now = newer.steps.slice(0, index + 1);
  if (before.join() === now.join()) return undefined;
  return `an instance at ${standsAt} has gone through [${before.join(', ')}], but now the saga begins with [${now.join(', ')}]`;
}
