import type { ContainerModule } from 'inversify';
import type { Migration } from '../sql';

/** A service, before it is given a broker and a database: what is its own. */
export interface ServiceLiteral {
  /** Also its consumer group, the name of its database, and the prefix of its instances. */
  readonly name: string;
  readonly migrations: readonly Migration[];
  /** Its units of work, use cases and read ports; each dispatcher and orchestrator as a `MessageHandler`, its `Routes`, its `SampleData`. */
  readonly bindings: ContainerModule;
  /** Parks a well-formed message of a type that the service does not list. Otherwise it is counted and passed over. */
  readonly strict?: boolean;
}

/** Only gives the literal its type. */
export const service = (literal: ServiceLiteral): ServiceLiteral => literal;

/** Fills an empty database with something to play with; changes nothing in one that has it. */
export abstract class SampleData {
  abstract load(): Promise<void>;
}
