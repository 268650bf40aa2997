import { trafficOf } from '@saga-kit/cli/internal/command/traffic';
import type { OwnInfra } from '@saga-kit/cli/internal/infra/start-infra';
import { services } from '../services';
import { audit, endsOf } from './audit';
import { booksInMysql } from './books';
import type { KafkaSystem } from './kafka-system';
import { committedIn, lostOf, readTopics } from './messages';
import { settled, type Placed } from './orders';

export interface Closing {
  readonly system: KafkaSystem;
  readonly addresses: NodeJS.ProcessEnv;
  readonly prefix: string;
  readonly placed: Placed;
  readonly say: (line: string) => void;
  /** Runs once nothing is PENDING, while the system is still up. */
  readonly meanwhile?: () => Promise<void>;
  /** Whether messages may be parked. */
  readonly mayPark?: boolean;
  /** Orders for which nobody may have answered in time. */
  readonly mayTimeOut?: () => Promise<ReadonlySet<string>>;
}

/** What every trial on Kafka finds in the end. */
export interface Closed {
  readonly orders: number;
  readonly ends: Readonly<Record<string, number>>;
  /** Until nothing was PENDING. */
  readonly settledMs: number;
  readonly messages: { readonly committed: number; readonly onTopics: number };
  readonly faults: readonly string[];
}

/** What an outage has left off is put on, so that there is something to look at. Says what could not be. */
export const putOn = (infra: OwnInfra): Promise<string[]> =>
  infra.start().then(
    () => [],
    (error: Error) => [error.message],
  );

/** Waits until nothing is PENDING, stops the system, and looks at all that has to add up: the books, and what is on the topics. */
export async function close({
  system,
  addresses,
  prefix,
  placed,
  say,
  meanwhile,
  mayPark = false,
  mayTimeOut = async () => new Set(),
}: Closing): Promise<Closed> {
  const settledMs = await settled(system.url);
  say(`${placed.answered.length} orders answered 201; nothing PENDING ${settledMs} ms later`);
  await meanwhile?.();
  const died = system.died;
  await system.stop();
  const books = await booksInMysql(addresses['MYSQL_URL']!, prefix);
  const committed = await committedIn(addresses, prefix);
  say(`reading the topics, on which ${committed.length} messages have to be`);
  const { topics } = trafficOf(services);
  const { onTopics, unread } = await readTopics(addresses, topics).then(
    (read) => ({ onTopics: read, unread: [] }),
    (error: Error) => ({ onTopics: undefined, unread: [`the topics could not be read: ${error.message}`] }),
  );
  return {
    orders: books.orders.length,
    ends: endsOf(books),
    settledMs,
    messages: { committed: committed.length, onTopics: onTopics?.records ?? 0 },
    faults: [
      ...(died ? [died] : []),
      ...(onTopics ? lostOf(committed, onTopics) : unread),
      ...placed.faults,
      ...audit(mayPark ? { ...books, parked: 0 } : books, placed.answered, await mayTimeOut()),
    ],
  };
}
