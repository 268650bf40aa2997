/** A schema as JSON, as a registry keeps it. */
export type RegisteredSchema = string;

/**
 * Knows every schema that was ever written with, by id. Ids are positive 32-bit integers and are never given to another
 * schema. All methods may be called at the same time, and reject with `RegistryUnavailable`, which says what was answered
 * instead, when there is no proper answer in time: by itself that does not tell a registry that is away from one that will
 * not speak about this schema.
 */
export abstract class SchemaRegistry {
  /** The id of exactly this schema under `subject`; `undefined` when it is not registered there. */
  abstract idOf(subject: string, schema: RegisteredSchema): Promise<number | undefined>;
  /** The schema behind an id that was met in a message; `undefined` when there is none. Asked anew each time. */
  abstract schemaOf(id: number): Promise<RegisteredSchema | undefined>;
  /**
   * Registers, once or again, and resolves with the id. Rejects with `IncompatibleSchema` when it and some version of
   * `subject` could not read each other.
   */
  abstract register(subject: string, schema: RegisteredSchema): Promise<number>;
}

/** The registry has not answered, or not in a way that can be understood. */
export class RegistryUnavailable extends Error {
  override readonly name = 'RegistryUnavailable';
}

/** A schema cannot follow those that are registered under its subject. */
export class IncompatibleSchema extends Error {
  override readonly name = 'IncompatibleSchema';
}
