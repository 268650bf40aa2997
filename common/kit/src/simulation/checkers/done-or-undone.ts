import { inboxTable, type HistoryRow, type InboxRow } from '../../runtime';
import type { SagaSeen, StepSeen } from '../history';
import type { Checker, Fault } from './checker';
import { commandIdIn, isUndoId, listed, sagaIdOf, type Facts, type SagaInstance } from './facts';

/**
 * What a saga has done is what its steps say: of a completed one all of them, in order; of a rejected one nothing, each
 * compensation sent once the one before it was answered, in strict reverse order, and none behind its pivot.
 */
export const doneOrUndone: Checker = {
  name: 'steps are done or undone',
  *faultsOf(facts) {
    const inboxes = inboxesOf(facts);
    for (const saga of facts.sagas.values()) {
      if (!saga.definition || saga.isOperated) continue;
      const walk = new Walk(saga, saga.definition);
      yield* walk.faults();
      yield* walk.faultsOfParticipants(inboxes);
    }
    yield* wronglyAnswered(facts, inboxes);
  },
};

/** What participants have kept, by the id of the message, in the order of the commits. */
type Inboxes = ReadonlyMap<string, readonly Kept[]>;
interface Kept {
  readonly service: string;
  readonly at: number;
  readonly row: InboxRow;
}

function inboxesOf({ written, sagas }: Facts): Inboxes {
  const kept = new Map<string, Kept[]>();
  const txIds = new Set([...sagas.values()].map(({ txId }) => txId));
  for (const { service, at, item } of written(inboxTable)) {
    if (!item) continue;
    const slash = [...slashesIn(item.id)].find((index) => txIds.has(item.id.slice(0, index)));
    if (slash !== undefined) listed(kept, item.id.slice(slash + 1)).push({ service, at, row: item });
  }
  return kept;
}

function* slashesIn(text: string): Iterable<number> {
  for (let at = text.indexOf('/'); at >= 0; at = text.indexOf('/', at + 1)) yield at;
}

/** A saga step by step, by what it has sent and which answers it has gone on by. */
class Walk {
  /** The last step that was asked for, and what became of it. */
  private last = -1;
  private answer: 'none' | 'yes' | 'refused' = 'none';
  /** The step whose compensation was sent last. */
  private undoing: number | undefined;
  private isUndone = false;
  private readonly places: ReadonlyMap<string, number>;

  constructor(
    private readonly saga: SagaInstance,
    private readonly definition: SagaSeen,
  ) {
    this.places = new Map(definition.steps.map(({ command }, index) => [`${saga.id}/${command}`, index]));
  }

  *faults(): Iterable<Fault> {
    const gone = new Set<string>();
    for (const { item, write } of this.saga.messages) {
      const row = item!;
      const isFirst = row.direction === 'sent' ? write === 'insert' : row.awaited && !gone.has(row.messageId);
      if (!isFirst) continue;
      gone.add(row.messageId);
      const fault = this.take(row);
      if (fault !== undefined) yield this.fault(fault);
    }
    yield* this.faultsOfEnd();
  }

  /** What the end of the saga means for who has done its steps. */
  *faultsOfParticipants(inboxes: Inboxes): Iterable<Fault> {
    const status = this.saga.writes.at(-1)?.item?.status;
    if (status !== 'completed' && status !== 'rejected') return;
    for (const step of this.steps.slice(0, this.last + 1)) {
      const id = `${this.saga.id}/${step.command}`;
      const done = inboxes.get(id)?.find(({ row }) => row.outcome === 'answered');
      const undone = inboxes.get(`${id}/undo`)?.find(({ row }) => row.outcome === 'answered');
      if (status === 'completed' && !done) yield this.fault(`is completed, and nobody has done ${step.command}`);
      if (status === 'completed' && undone)
        yield this.fault(`is completed, and ${undone.service} has undone ${step.command}`);
      if (status === 'rejected' && done && step.undo !== undefined && !undone)
        yield this.fault(`is rejected, and ${done.service} has done ${step.command} and not undone it`);
      if (status === 'rejected' && done && step.kind !== 'compensatable')
        yield this.fault(`is rejected, and ${done.service} has done ${step.command}, which nothing undoes`);
      if (undone && !inboxes.has(id))
        yield this.fault(`had ${step.command} undone by ${undone.service}, which has no row of what it has undone`);
      if (done && undone && done.at > undone.at)
        yield this.fault(`had ${step.command} undone by ${undone.service} before that was done, and it was done then`);
    }
  }

  private get steps(): readonly StepSeen[] {
    return this.definition.steps;
  }

  private take(row: HistoryRow): string | undefined {
    const commandId = commandIdIn(row);
    const isUndo = isUndoId(commandId);
    const place = this.places.get(isUndo ? commandId.slice(0, -'/undo'.length) : commandId);
    if (place === undefined) return `has ${row.direction} ${row.messageId}, which is of no step`;
    if (row.direction === 'received') return isUndo ? this.undone(place, row) : this.answered(place, row);
    return isUndo ? this.undo(place) : this.do(place);
  }

  private do(place: number): string | undefined {
    const { last, answer, undoing } = this;
    const name = this.nameOf(place);
    this.last = Math.max(place, last);
    this.answer = 'none';
    if (undoing !== undefined) return `was being compensated, and has sent ${name}`;
    if (place !== last + 1) return `has sent ${name}, and ${this.nameOf(last + 1)} was next`;
    if (last >= 0 && answer !== 'yes') return `has sent ${name} though ${this.nameOf(last)} was ${wordOf(answer)}`;
    return undefined;
  }

  /** What is not the answer to the last command is for the checker of the fence. */
  private answered(place: number, { code }: HistoryRow): string | undefined {
    if (place !== this.last) return undefined;
    this.answer = code === null ? 'yes' : 'refused';
    if (code !== null && this.steps[place]!.kind === 'retriable')
      return `took ${code} for an answer to ${this.nameOf(place)}, which cannot be refused`;
    return undefined;
  }

  private undo(place: number): string | undefined {
    const { undoing, isUndone } = this;
    const next = this.nextUndo();
    const name = this.steps[place]!.undo ?? `an undo of ${this.nameOf(place)}`;
    const fault = undoing === undefined ? this.faultOfTurning(name) : undefined;
    this.undoing = place;
    this.isUndone = false;
    if (fault !== undefined) return fault;
    if (undoing !== undefined && !isUndone) return `has sent ${name} before ${this.steps[undoing]!.undo} was answered`;
    if (place === next) return undefined;
    const due = next === undefined ? 'nothing was left to be undone' : `${this.steps[next]!.undo} was next`;
    return `has sent ${name}, and ${due}`;
  }

  private faultOfTurning(name: string): string | undefined {
    const step = this.steps[this.last];
    if (!step) return `has sent ${name} before any step`;
    if (step.kind === 'compensatable' || (step.kind === 'pivot' && this.answer === 'refused'))
      return this.answer === 'yes' ? `has sent ${name} though ${step.command} was answered` : undefined;
    return `has sent ${name} behind its pivot: ${step.command} was ${wordOf(this.answer)}`;
  }

  private undone(place: number, { code, type }: HistoryRow): string | undefined {
    if (place !== this.undoing) return undefined;
    this.isUndone = true;
    return code === null ? undefined : `took ${type} ${code} for an answer to ${this.steps[place]!.undo}`;
  }

  /** The step that is to be undone next; `undefined` when there is none. */
  private nextUndo(): number | undefined {
    const from =
      this.undoing === undefined ? (this.answer === 'refused' ? this.last - 1 : this.last) : this.undoing - 1;
    const next = this.steps.findLastIndex(({ undo }, index) => index <= from && undo !== undefined);
    return next < 0 ? undefined : next;
  }

  private *faultsOfEnd(): Iterable<Fault> {
    const { last, undoing } = this;
    const status = this.saga.writes.at(-1)?.item?.status;
    if (status === 'completed') {
      if (undoing !== undefined) yield this.fault(`is completed, and has sent ${this.steps[undoing]!.undo}`);
      if (last < this.steps.length - 1) yield this.fault(`is completed without ${this.nameOf(last + 1)}`);
      else if (this.answer !== 'yes')
        yield this.fault(`is completed though ${this.nameOf(last)} was ${wordOf(this.answer)}`);
    }
    if (status !== 'rejected') return;
    const next = this.nextUndo();
    if (next !== undefined) yield this.fault(`is rejected, and ${this.steps[next]!.undo} was not sent`);
    else if (undoing !== undefined && !this.isUndone)
      yield this.fault(`is rejected, and ${this.steps[undoing]!.undo} was not answered`);
    const { kind, command } = this.steps[last] ?? {};
    if (kind && kind !== 'compensatable' && this.answer !== 'refused')
      yield this.fault(`is rejected though ${command}, which is not undone, was ${wordOf(this.answer)}`);
  }

  private nameOf(place: number): string {
    return this.steps[place]?.command ?? 'nothing';
  }

  private fault(what: string): Fault {
    const { service, id, txId } = this.saga;
    return { message: `${service}: saga ${id} ${what}`, txId };
  }
}

const wordOf = (answer: 'none' | 'yes' | 'refused'): string =>
  ({ none: 'not answered', yes: 'answered', refused: 'refused' })[answer];

/** A saga goes on by what its participants have kept. */
function* wronglyAnswered({ noted, sagas }: Facts, inboxes: Inboxes): Iterable<Fault> {
  for (const { service, item } of noted) {
    if (!item || item.direction !== 'received' || !item.awaited) continue;
    const saga = sagas.get(`${service} ${sagaIdOf(item.causationId)}`);
    const outcome = item.code === null ? 'answered' : 'refused';
    const kept = inboxes.get(item.causationId);
    if (!saga || kept?.some(({ row }) => row.outcome === outcome)) continue;
    const was = kept?.[0]?.row.outcome ?? 'not handled';
    yield {
      message: `${service}: saga ${saga.id} went on by ${item.type} though ${item.causationId} was ${was}`,
      txId: saga.txId,
    };
  }
}
