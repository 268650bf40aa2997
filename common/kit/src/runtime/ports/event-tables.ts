import { datetime, integer, json, key, nullable, table } from './table';

/** The head of a stream: who appends to it has this row. */
export interface StreamRow {
  /** `<aggregate>/<id>` */
  readonly id: string;
  /** That of its last event. */
  readonly version: number;
  /** The state at `snapshotAt`; null where there is none yet. */
  readonly snapshot: { readonly state: unknown } | null;
  readonly snapshotAt: number;
  /** By which the snapshot was made. */
  readonly snapshotVersion: number;
}
/** The streams: one row for each aggregate. */
export const streamTable = table<StreamRow>('kit_streams', {
  id: key(200),
  version: integer,
  snapshot: nullable(json),
  snapshotAt: integer,
  snapshotVersion: integer,
});

/** Something that has happened to an aggregate. Never changed. */
export interface EventRow {
  /** `<stream>/<version in ten digits>` */
  readonly id: string;
  readonly stream: string;
  readonly version: number;
  readonly type: string;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly causationId: string;
  readonly at: Date;
  /** Its place among all events of the database: without a gap, in the order of commits. Given when it is committed. */
  readonly position: number;
}
/** The events of all streams. They are read by who has the head of their stream, and nobody changes them. */
export const eventTable = table<EventRow>(
  'kit_events',
  {
    id: key(220),
    stream: key(200),
    version: integer,
    type: key(100),
    payload: json,
    causationId: key(200),
    at: datetime,
    position: integer,
  },
  { lock: 'none' },
);

/** The key of an event: those of one stream sort by their versions. */
export const streamEventIdOf = (stream: string, version: number): string =>
  `${stream}/${String(version).padStart(versionDigits, '0')}`;
const versionDigits = 10;

/** How far the positions of events have come. */
export interface PositionRow {
  readonly id: typeof lastPosition;
  readonly position: number;
}
/** The only row of its table. */
export const lastPosition = 'last';
/** The counter of positions. Its one row is made by a migration, and locked by whoever commits events. */
export const positionTable = table<PositionRow>('kit_event_positions', { id: key(10), position: integer });

/** How far a projection has come. Whoever moves it has this row. */
export interface ProjectionRow {
  readonly id: string;
  /** The last event that was applied. */
  readonly position: number;
  readonly phase: 'clearing' | 'running';
  /** How often it was begun anew. */
  readonly rebuilds: number;
}
/** One row for each projection. */
export const projectionTable = table<ProjectionRow>('kit_projections', {
  id: key(60),
  position: integer,
  phase: key(10),
  rebuilds: integer,
});
