import { masked, UnknownSchemaId, type DecodedMessage } from '../../codec';
import type { HandlerContext } from '../handling/handler-context';
import { transacted, type UnitOfWorkRuntime } from '../handling/units-of-work';
import type { ReplayPort } from '../consumer/released-keys';
import { dropParked, recordOf } from '../consumer/parking';
import { parkedTable, type ParkedRow } from '../ports/kit-tables';
import type { ParkedFilter, SagaStore } from '../ports/store';
import { acted, type ActPlan, type ActRequest, type ActResult, type Subject } from './act';

/** What can be done to a parked message. */
export const parkedVerbs = ['replay', 'drop'] as const;
export type ParkedVerb = (typeof parkedVerbs)[number];

/** A parked message as an operator sees it. */
export interface ParkedView extends Omit<ParkedRow, 'value' | 'recordKey' | 'headers' | 'at' | 'lastAt'> {
  readonly key: string | null;
  readonly at: string;
  readonly lastAt: string;
  readonly version: string;
  /** What blocks it, or whom it blocks, and what would end that. */
  readonly why: string;
}

/** With its content. */
export interface ParkedDetails extends ParkedView {
  /** The envelope, if it can be decoded; what the contract marks as sensitive is masked. */
  readonly message: unknown;
  /** How many bytes it has. */
  readonly bytes: number;
  /** Those bytes, only if they were asked for: nothing in them is masked. */
  readonly base64: string | null;
}

/** Sees what a service has parked, and has it handled again or given up for good. */
export class ParkedOperator {
  constructor(
    private readonly calls: UnitOfWorkRuntime,
    private readonly consumer: Pick<ReplayPort, 'contentOf' | 'replay' | 'learn' | 'isPaused'>,
    private readonly store: SagaStore,
  ) {}

  async list(filter: ParkedFilter, limit: number): Promise<readonly ParkedView[]> {
    return (await this.store.parked(filter, limit)).map(viewOf);
  }

  async show(id: string, withBytes = false): Promise<ParkedDetails | undefined> {
    const [row] = await this.store.parked({ id }, 1);
    if (!row) return undefined;
    const content = this.consumer.contentOf(recordOf(row));
    const message = content && 'decoded' in content ? seenOf(content.decoded) : null;
    const base64 = withBytes && row.value ? row.value.toString('base64') : null;
    return { ...viewOf(row), message, bytes: row.value?.length ?? 0, base64 };
  }

  /** A replay is handled as soon as its turn comes: it is gone from here then, or has come once more. */
  async act(verb: ParkedVerb, id: string, request: ActRequest): Promise<ActResult> {
    let replayed: (() => void) | undefined;
    const result = await transacted(this.calls, async (context): Promise<ActResult> => {
      const rows = context.attempt.rows(parkedTable);
      const row = await rows.get(id);
      if (!row) return { outcome: 'unknown', detail: `there is no parked message ${id}` };
      const plan =
        verb === 'drop' ? dropping(row) : this.replaying(row, context.now(), (replay) => (replayed = replay));
      const after = async () => ((await rows.get(id)) ? factsOf(row) : null);
      return acted(context, verb, subjectOf(row), request, plan, after);
    });
    if (result.outcome === 'done') replayed?.();
    return result;
  }

  /**
   * What was parked under an id of its own was never handled. Of what could not be read nobody knows that: it may have come
   * once more, and been handled so long ago that the inbox has forgotten it.
   */
  private forgotten({ reason, error, orderingKey, at }: ParkedRow, now: Date): string | undefined {
    if (reason === 'forgotten') return error;
    return orderingKey === null ? this.calls.runtime.memory.forgotten(at, now) : undefined;
  }

  private replaying(row: ParkedRow, now: Date, once: (replay: () => void) => void): ActPlan {
    const record = recordOf(row);
    if (row.overtaken) return { refused: 'its undo has come and gone past it: nothing is left to be done, drop it' };
    if (row.reason === 'behind')
      return {
        refused: `it is behind another one of ${row.orderingKey}: replay or drop that one, and it follows by itself`,
      };
    if (row.reason === 'paused') return { refused: `its saga ${row.waitsFor} is paused: resume that, and it follows` };
    if (this.consumer.isPaused(row.topic)) return { refused: `its topic ${row.topic} is paused: resume it first` };
    const refused = this.forgotten(row, now);
    if (refused !== undefined) return { refused };
    const content = this.consumer.contentOf(record);
    if (content instanceof UnknownSchemaId) {
      this.consumer.learn(content.schemaId);
      return { refused: `the registry is asked for its schema ${content.schemaId}: ask again in a moment` };
    }
    if (!content) return { refused: 'nobody in this service listens to it: drop it' };
    if ('undecodable' in content) return { refused: `it still cannot be read: ${content.undecodable.message}` };
    const act = async (context: HandlerContext) => {
      if (row.orderingKey === null) {
        await dropParked(context, row); // it had no place in an order when it came, and is a message like any other now
        const { topic, key, value } = record;
        if (key && value) context.attempt.sent.push({ topic, key: key.toString(), value });
      } else once(() => this.consumer.replay(record, content));
    };
    const then =
      row.orderingKey === null ? 'puts it on its topic again' : 'handles it again, and then those behind it, in order';
    return { does: then, act };
  }
}

/** An envelope, without what is sensitive in its message. */
const seenOf = ({ contract, envelope }: DecodedMessage): unknown =>
  contract ? { ...envelope, message: masked(contract.schema, envelope.message) } : envelope;

const dropping = (row: ParkedRow): ActPlan => ({
  does:
    row.reason === 'behind' ? 'gives it up for good' : 'gives it up for good; those behind it are handled, in order',
  act: (context) => dropParked(context, row),
});

const versionOf = ({ reason, times, lastAt, overtaken }: ParkedRow): string =>
  [reason, times, lastAt.getTime(), overtaken].join('.');
/** Of what cannot be read, the key may be anything. */
function txIdOf({ recordKey }: ParkedRow): string | null {
  const text = recordKey?.toString('latin1') ?? '';
  return /^[\x21-\x7e]{1,64}$/.test(text) ? text : null;
}
const factsOf = ({ reason, attempts, times }: ParkedRow) => ({ reason, attempts, times });
const subjectOf = (row: ParkedRow): Subject => ({
  name: `parked ${row.id}`,
  txId: txIdOf(row),
  version: versionOf(row),
  standing: `it was parked ${row.times} times, the last time ${row.lastAt.toISOString()}`,
  facts: factsOf(row),
});

function viewOf(row: ParkedRow): ParkedView {
  const { value: _, recordKey, headers: __, at, lastAt, ...facts } = row;
  const times = { at: at.toISOString(), lastAt: lastAt.toISOString() };
  return { ...facts, ...times, key: recordKey && recordKey.toString(), version: versionOf(row), why: whyOf(row) };
}

function whyOf({ reason, waitsFor, orderingKey, overtaken }: ParkedRow): string {
  if (overtaken) return 'Its undo has come and gone past it: nothing is left to be done.';
  if (reason === 'behind')
    return `It waits behind another one of ${orderingKey}: once that is handled or dropped, it follows.`;
  if (reason === 'paused') return `Its saga ${waitsFor} is paused: it is handled when that is resumed.`;
  if (reason === 'forgotten')
    return 'It may have been handled, longer ago than that is remembered: see to it yourself, and drop it.';
  if (orderingKey === null) return 'It cannot be read, and blocks nobody. It may be replayed once it can be.';
  return `It blocks ${orderingKey}. Replay it when what it failed for is mended, or drop it.`;
}
