import type { Aggregate, DomainEvent } from '../aggregate';
import type { EventSourced } from '../ports';

/**
 * Aggregates for a test of one handler or use case, to which this has happened already: by id. `eventsOf` says what has
 * happened to one by now.
 */
export function inMemoryStreams<State, Event extends DomainEvent>(
  { initial, evolve }: Aggregate<string, State, Event>,
  happened: Readonly<Record<string, readonly Event[]>> = {},
): EventSourced<State, Event> & { eventsOf(id: string): readonly Event[] } {
  const streams = new Map(Object.entries(happened));
  const seen = new Set<string>();
  const eventsOf = (id: string) => streams.get(id) ?? [];
  return {
    get: async (id) => {
      seen.add(id);
      return eventsOf(id).reduce(evolve, initial);
    },
    append: (id, events) => {
      if (!seen.has(id)) throw new Error(`await get(${JSON.stringify(id)}) before something is appended to it`);
      streams.set(id, [...eventsOf(id), ...events]);
    },
    eventsOf,
  };
}
