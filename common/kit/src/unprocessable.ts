/** Thrown by a handler when no further try can help: the message is parked at once. Anything else thrown is tried again. */
export class Unprocessable extends Error {
  override readonly name = 'Unprocessable';
}

/** The message is from before all that the inbox remembers: nobody knows whether it was handled. */
export class Forgotten extends Unprocessable {}
