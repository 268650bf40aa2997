/**
 * Where a service says what it does. Fields are ids, counts and reasons: never a payload, never a secret. What an adopter's
 * code says in its errors may hold either, and is told at `debug` only.
 */
export abstract class Log {
  abstract debug(fields: object, message: string): void;
  abstract info(fields: object, message: string): void;
  abstract warn(fields: object, message: string): void;
  abstract error(fields: object, message: string): void;
}
