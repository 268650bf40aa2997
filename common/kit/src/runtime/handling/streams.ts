import type { Aggregate, DomainEvent, Recorded } from '../../aggregate';
import type { EventSourced } from '../../ports';
import { Unprocessable } from '../../unprocessable';
import type { Entry } from '../ports/entries';
import { type EventHistory, type EventStore } from '../ports/event-store';
import { eventTable, streamEventIdOf, streamTable, type EventRow, type StreamRow } from '../ports/event-tables';
import type { Attempt } from '../transaction/attempt';

/** Who appends. */
export interface Appender {
  readonly causationId: string;
  now(): Date;
}

/** Events of a stream that are loaded at once. */
const chunk = 1_000;
const typeCharsMax = 100;
const limitMax = 1_000;

/**
 * Aggregates of one kind within a scope. All it knows is in the rows of the attempt: the head says how far the stream goes,
 * and is what conflicts; events are never changed.
 */
export class ScopedStreams<State, Event extends DomainEvent> implements EventSourced<State, Event> {
  constructor(
    private readonly attempt: Attempt,
    private readonly aggregate: Aggregate<string, State, Event>,
    /** Nobody, where it is only looked. */
    private readonly appender: Appender | undefined,
  ) {}

  async get(id: string): Promise<State> {
    const stream = streamOf(this.aggregate, id);
    const head = await this.attempt.rows(streamTable).get(stream);
    const entries = this.behindSnapshot(head);
    for (let from = 0; from < entries.length; from += chunk)
      await this.attempt.fetch(entries.slice(from, from + chunk).filter((entry) => !this.attempt.writes.has(entry)));
    return this.fold(head, entries);
  }

  append(id: string, events: readonly Event[]): void {
    const { appender, attempt } = this;
    if (!appender) throw new Error('read only looks: use run to append something');
    const stream = streamOf(this.aggregate, id);
    const headEntry = attempt.entry(streamTable, stream);
    if (!attempt.reads.has(headEntry) && !attempt.writes.has(headEntry)) throw new Unprocessable(unseen(stream));
    if (events.length === 0) return;
    const head = (attempt.see(headEntry) as StreamRow | undefined) ?? emptyHead(stream);
    events.forEach((event, index) =>
      attempt.rows(eventTable).add(rowOf(stream, head.version + index + 1, event, appender)),
    );
    attempt.rows(streamTable).put(this.withSnapshot({ ...head, version: head.version + events.length }));
  }

  private withSnapshot(head: StreamRow): StreamRow {
    const { snapshotEvery, snapshotVersion } = this.aggregate;
    if (head.version - this.snapshotAt(head) < snapshotEvery) return head;
    const state = this.fold(head, this.behindSnapshot(head));
    return { ...head, snapshot: { state }, snapshotAt: head.version, snapshotVersion };
  }

  private snapshotAt({ snapshot, snapshotAt, snapshotVersion }: StreamRow): number {
    return snapshot && snapshotVersion === this.aggregate.snapshotVersion ? snapshotAt : 0;
  }

  private behindSnapshot(head: StreamRow | undefined): Entry[] {
    if (!head) return [];
    const after = this.snapshotAt(head);
    return Array.from({ length: head.version - after }, (_, index) =>
      this.attempt.entry(eventTable, streamEventIdOf(head.id, after + index + 1)),
    );
  }

  private fold(head: StreamRow | undefined, entries: readonly Entry[]): State {
    const snapshot = head && this.snapshotAt(head) > 0 ? head.snapshot : undefined;
    let state = snapshot ? (snapshot.state as State) : this.aggregate.initial;
    for (const entry of entries) {
      if (!entry.here && !this.attempt.writes.has(entry)) throw new Unprocessable(unseen(head!.id));
      const row = this.attempt.see(entry) as EventRow | undefined;
      if (!row) throw new Error(`kit_events lacks ${entry.id}, which the head of its stream counts`);
      state = this.aggregate.evolve(state, eventOf<Event>(row));
    }
    return state;
  }
}

/** What was committed of streams, for who only reads. */
export const eventHistory = (store: EventStore): EventHistory => ({
  of: async <Event extends DomainEvent>(
    aggregate: Aggregate<string, any, Event>,
    id: string,
    { after = 0, limit = 100 }: { readonly after?: number; readonly limit?: number } = {},
  ) => {
    const rows = await store.of(streamOf(aggregate, id), after, Math.min(limit, limitMax));
    return rows.map((row) => recordedOf<Event>(row));
  },
});

export const recordedOf = <Event extends DomainEvent>(row: EventRow): Recorded<Event> => ({
  id: row.stream.slice(row.stream.indexOf('/') + 1),
  version: row.version,
  event: eventOf(row),
  causationId: row.causationId,
  at: row.at,
});

/** The name of the aggregate that a stream is one of. */
export const aggregateOf = ({ stream }: EventRow): string => stream.slice(0, stream.indexOf('/'));

const emptyHead = (id: string): StreamRow => ({ id, version: 0, snapshot: null, snapshotAt: 0, snapshotVersion: 0 });
const eventOf = <Event extends DomainEvent>({ type, payload }: EventRow): Event => ({ type, ...payload }) as any;

function rowOf(stream: string, version: number, event: DomainEvent, appender: Appender): EventRow {
  const { type, ...payload } = event;
  const { causationId } = appender;
  if (!isKey(type, typeCharsMax))
    throw new Unprocessable(
      `the type of an event of ${stream} has to be 1 to ${typeCharsMax} printable ASCII characters`,
    );
  return {
    id: streamEventIdOf(stream, version),
    stream,
    version,
    type,
    payload,
    causationId,
    at: appender.now(),
    position: 0,
  };
}

function streamOf({ name }: Aggregate, id: string): string {
  if (isKey(id, 150)) return `${name}/${id}`;
  throw new Unprocessable(
    `the id of the aggregate ${name} has to be 1 to 150 printable ASCII characters without a space`,
  );
}

const isKey = (text: unknown, charsMax: number): boolean =>
  typeof text === 'string' && text.length <= charsMax && /^[!-~]+$/.test(text);
const unseen = (stream: string): string =>
  `nothing can be appended to ${stream} that was not decided on its state: await its get() first`;
