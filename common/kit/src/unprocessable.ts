/** Thrown by a handler when no further try can help: the message is parked at once. Anything else thrown is tried again. */
export class Unprocessable extends Error {
  override readonly name = 'Unprocessable';
}
