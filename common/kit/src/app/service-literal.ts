import type { Container, ContainerModule } from 'inversify';
import type { Migration } from '../sql';

/** A service, before it is given a broker and a database: what is its own. */
export interface ServiceLiteral {
  /** Also its consumer group, the name of its database, and the prefix of its instances. */
  readonly name: string;
  readonly migrations: readonly Migration[];
  /**
   * Its units of work, use cases and read ports; each dispatcher and orchestrator as a `MessageHandler`, its `Routes`,
   * its `SampleData`.
   */
  readonly bindings: ContainerModule;
  /** Parks a well-formed message of a type that the service does not list. Otherwise it is counted and passed over. */
  readonly strict?: boolean;
  /**
   * Is called with what the service has bound once it takes part: it handles messages, its sagas go on, its units of work
   * run. After it has resolved come the sample data, and then HTTP. When it rejects the service does not start, and lets go
   * of everything; `stopping` is not called then.
   */
  readonly started?: (container: Container) => Promise<void>;
  /**
   * Is called when the service is told to stop: HTTP is closed, everything else still runs. After it has settled the
   * service lets go of its group, its outbox and its lock, also when it rejects; the process then ends with 1. A process
   * that is killed does not call it. All of a stop has 15 seconds.
   */
  readonly stopping?: (container: Container) => Promise<void>;
}

/**
 * Only gives the literal its type.
 *
 * @example
 * ```ts
 * import { UnitOfWork, type Repository } from 'saga-kit';
 * import { ContainerModule, createsTable, key, service, table, text, UnitsOfWork } from 'saga-kit/service';
 *
 * type User = Readonly<{ userId: string; name: string }>;
 * const userTable = table<User>('users', { userId: key(36), name: text });
 * abstract class UserWork extends UnitOfWork<{ users: Repository<User> }> {}
 *
 * export const user = service({
 *   name: 'user',
 *   migrations: [createsTable('user-001-users', userTable)],
 *   bindings: new ContainerModule(({ bind }) => {
 *     bind(UserWork).toResolvedValue((unitsOfWork) => unitsOfWork.of(UserWork, { users: userTable }), [UnitsOfWork]);
 *   }),
 * });
 * ```
 */
export const service = (literal: ServiceLiteral): ServiceLiteral => literal;

/** Fills an empty database with something to play with; changes nothing in one that has it. */
export abstract class SampleData {
  abstract load(): Promise<void>;
}
