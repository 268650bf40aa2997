import { eventTable, positionTable, projectionTable, streamTable, type EventRow } from '../../runtime';
import type { ServiceSeen } from '../history';
import type { Checker, Fault } from './checker';
import { listed, type Facts, type Written } from './facts';
import { finalRows } from './nothing-pending';

/**
 * Events of aggregates are numbered without a gap, in their stream and in their database, and never changed. A projection
 * comes to the last of them, forward only, unless it is begun anew.
 */
export const streams: Checker = {
  name: 'streams have no gap',
  *faultsOf(facts) {
    yield* appended(facts);
    yield* projected(facts);
    for (const service of facts.services) {
      yield* kept(service);
      yield* caughtUp(service);
    }
  },
};

function* appended({ written }: Facts): Iterable<Fault> {
  const versions = new Map<string, number>();
  const positions = new Map<string, number>();
  const known = new Set<string>();
  const commits = new Map<number, Written<EventRow>[]>();
  for (const write of written(eventTable)) listed(commits, write.at).push(write);
  for (const writes of commits.values())
    for (const { service, id, item, write } of writes.toSorted((a, b) => positionOf(a) - positionOf(b))) {
      if (!item || write !== 'insert' || known.has(`${service} ${id}`)) {
        yield { message: `${service}: the event ${id} was ${item ? 'written again' : 'deleted'}` };
        continue;
      }
      known.add(`${service} ${id}`);
      const { stream, version, position } = item;
      const before = versions.get(`${service} ${stream}`) ?? 0;
      if (version !== before + 1) yield { message: `${service}: ${id} follows version ${before} of ${stream}` };
      versions.set(`${service} ${stream}`, version);
      const last = positions.get(service);
      if (last !== undefined && position !== last + 1)
        yield { message: `${service}: ${id} has position ${position}, behind ${last}` };
      positions.set(service, position);
    }
}

const positionOf = ({ item }: { readonly item: { readonly position: number } | undefined }): number =>
  item?.position ?? 0;

function* projected({ written }: Facts): Iterable<Fault> {
  const known = new Map<string, { readonly position: number; readonly rebuilds: number }>();
  for (const { commit, service, id, item } of written(projectionTable)) {
    const before = known.get(`${service} ${id}`) ?? { position: 0, rebuilds: 0 };
    if (!item) yield { message: `${service}: the projection ${id} was deleted` };
    else if (item.rebuilds === before.rebuilds && item.position < before.position)
      yield {
        message: `${service}: the projection ${id} went back from ${before.position} to ${item.position} (${commit.instance})`,
      };
    if (item) known.set(`${service} ${id}`, item);
  }
}

function* kept(service: ServiceSeen): Iterable<Fault> {
  const byStream = new Map<string, number[]>();
  const positions: number[] = [];
  for (const { stream, version, position } of finalRows(service, eventTable)) {
    listed(byStream, String(stream)).push(Number(version));
    positions.push(Number(position));
  }
  for (const { id, version } of finalRows(service, streamTable)) {
    const versions = byStream.get(String(id)) ?? [];
    byStream.delete(String(id));
    if (!isCount(versions, Number(version)))
      yield { message: `${service.name}: the head of ${id} says ${version}, and its events are ${listOf(versions)}` };
  }
  for (const [stream, versions] of byStream)
    yield { message: `${service.name}: ${stream} has ${versions.length} events and no head` };
  const [counter] = finalRows(service, positionTable);
  if (positions.length > 0 && !isCount(positions, Number(counter?.['position'])))
    yield {
      message: `${service.name}: ${positions.length} events have positions up to ${Math.max(...positions)}, and the counter says ${counter?.['position'] ?? 'nothing'}`,
    };
}

/** They are 1, 2, 3 and so on to the last. */
const isCount = (numbers: readonly number[], last: number): boolean =>
  numbers.length === last && new Set(numbers).size === last && numbers.every((number) => number >= 1 && number <= last);
const listOf = (numbers: readonly number[]): string => numbers.toSorted((a, b) => a - b).join(', ') || 'none';

function* caughtUp(service: ServiceSeen): Iterable<Fault> {
  const last = Number(finalRows(service, positionTable)[0]?.['position'] ?? 0);
  for (const { id, position, phase } of finalRows(service, projectionTable)) {
    if (phase !== 'running') yield { message: `${service.name}: the projection ${id} is still ${phase}` };
    else if (Number(position) !== last)
      yield { message: `${service.name}: the projection ${id} is at ${position}, and the last event at ${last}` };
  }
}
